import { mkdir, mkdtemp, readdir, readFile, rm, stat, writeFile } from "node:fs/promises";
import { randomBytes } from "node:crypto";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { ECRClient } from "@aws-sdk/client-ecr";
import { expect } from "chai";
import { pushImage } from "../../../scripts/push.ts";
import { type Endpoint, startEndpoint } from "./endpoint.ts";

describe("An image that was pushed over the wire", function () {
  this.timeout(30_000);
  let endpoint: Endpoint;
  let folder: string;

  before(async () => {
    endpoint = await startEndpoint();
    folder = await mkdtemp(join(tmpdir(), "image-"));
    await mkdir(join(folder, "front"));
    await writeFile(join(folder, "image.json"), JSON.stringify({ config: { Cmd: ["node", "server.mjs"] } }));
    await writeFile(join(folder, "server.mjs"), "export {};\n");
    await writeFile(join(folder, "front", "run.sh"), "#!/bin/sh\n", { mode: 0o755 });
    // Bytes that do not compress, so that the layer is more than one part.
    await writeFile(join(folder, "assets.bin"), randomBytes(6 * 1024 ** 2));
  });
  after(async () => {
    await endpoint.close();
    await rm(folder, { recursive: true });
  });

  it("is pulled as it was: files, modes and the command", async () => {
    const { ecr } = endpoint.cloud;
    await ecr.CreateRepository({ repositoryName: "shop", imageTagMutability: "IMMUTABLE" });
    const push = { folder, repository: "shop", tag: "1.0", ecr: new ECRClient(endpoint.client) };
    const digest = await pushImage(push);
    expect(await pushImage(push), "a second push of the same").to.equal(digest);

    const pulled = await ecr.pull(`123456789012.dkr.ecr.eu-central-1.amazonaws.com/shop@${digest}`);
    expect(pulled.config.Cmd).to.deep.equal(["node", "server.mjs"]);
    expect((await readdir(pulled.folder)).sort()).to.deep.equal(["assets.bin", "front", "server.mjs"]);
    expect((await stat(join(pulled.folder, "front", "run.sh"))).mode & 0o777).to.equal(0o755);
    const sent = await readFile(join(folder, "assets.bin"));
    expect(sent.equals(await readFile(join(pulled.folder, "assets.bin")))).to.be.true;
    const { imageDetails } = await ecr.DescribeImages({ repositoryName: "shop" });
    expect(imageDetails?.[0]).to.deep.include({ imageDigest: digest, imageTags: ["1.0"] });
  });
});
