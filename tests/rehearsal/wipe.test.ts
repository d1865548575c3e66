import { mkdtemp, readdir, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect } from "chai";
import { wipe } from "../../rehearsal/wipe.ts";

describe("A rehearsal's folder", () => {
  it("is made and emptied, but never one that holds other things", async () => {
    const parent = await mkdtemp(join(tmpdir(), "wipe-"));
    const folder = join(parent, "a", "b");
    await wipe(folder);
    await writeFile(join(folder, "state"), "old");
    await wipe(folder);
    expect(await readdir(folder)).to.deep.equal([".rehearsal"]);
    const refused = await wipe(parent).catch((error: Error) => error.message);
    expect(refused).to.equal(
      `${parent} is no rehearsal's folder: it holds a. Give --folder an empty one, or one that does not exist.`,
    );
    expect(await readdir(parent)).to.deep.equal(["a"]);
    await rm(parent, { recursive: true });
  });
});
