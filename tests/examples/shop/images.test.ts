import { appendFile, cp, mkdtemp, readFile, rm, utimes } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect } from "chai";
import { buildImage } from "../../../examples/shop/images.ts";
import { releases, type ReleaseName } from "../../../examples/shop/releases.ts";
import { packImage } from "../../../scripts/ociImage.ts";

describe("the shop's images", function () {
  this.timeout(20_000);
  let folder: string;

  before(async () => (folder = await mkdtemp(join(tmpdir(), "shop-images-"))));
  after(() => rm(folder, { recursive: true, force: true }));

  const digest = async (path: string) => (await packImage(path)).manifest.digest;

  it("have the same digest whenever, wherever and under whichever umask they are built", async () => {
    const first = await digest(await buildImage("1.1", join(folder, "first")));
    const umask = process.umask(0o077);
    try {
      const again = await buildImage("1.1", join(folder, "a", "longer", "path"));
      await utimes(join(again, "server.mjs"), 1, 1);
      expect(await digest(again)).to.equal(first);
    } finally {
      process.umask(umask);
    }
  });

  it("differ from release to release", async () => {
    const names = Object.keys(releases) as ReleaseName[];
    const digests: string[] = [];
    for (const name of names) digests.push(await digest(await buildImage(name, join(folder, name))));
    expect(new Set(digests).size).to.equal(names.length);
  });

  it("change their digest with one byte", async () => {
    const image = await buildImage("1.0", join(folder, "original"));
    const changed = join(folder, "changed");
    await cp(image, changed, { recursive: true });
    expect(await digest(changed)).to.equal(await digest(image));
    await appendFile(join(changed, "nginx.conf"), "\n");
    expect(await digest(changed)).not.to.equal(await digest(image));
  });

  it("carry their command and only their own migrations", async () => {
    const image = await buildImage("1.0", join(folder, "carry"));
    const { config } = JSON.parse((await packImage(image)).config.bytes.toString()) as { config: unknown };
    expect(config).to.deep.include({ Cmd: ["node", "server.mjs"] });
    await readFile(join(image, "migrations", "001_shop.sql"));
    expect(await readFile(join(image, "migrations", "002_delivery_days.sql")).catch(() => "none")).to.equal(
      "none",
    );
  });

  it("need an image.json", async () => {
    await expectRejection(packImage(folder), "holds no image.json");
  });
});

async function expectRejection(promise: Promise<unknown>, words: string): Promise<void> {
  const error = await promise.then(
    () => undefined,
    (reason: unknown) => reason,
  );
  expect(error).to.be.instanceOf(Error).with.property("message").include(words);
}
