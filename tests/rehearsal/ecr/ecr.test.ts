import { createHash } from "node:crypto";
import { readdir, readFile } from "node:fs/promises";
import { join } from "node:path";
import { expect } from "chai";
import { createEcr, type Ecr } from "../../../rehearsal/cloud/ecr/ecr.ts";
import { refusal } from "../refusal.ts";
import { testGround } from "../testGround.ts";
import { layerOf, manifestOf, pushBlob } from "./pushed.ts";

const uri = "123456789012.dkr.ecr.eu-central-1.amazonaws.com/shop";
const repositoryName = "shop";

describe("ECR", () => {
  let ecr: Ecr;
  let remove: () => Promise<void>;
  let config: string;

  beforeEach(async () => {
    const ground = await testGround();
    remove = ground.remove;
    ecr = createEcr(ground);
    await ecr.CreateRepository({ repositoryName, imageTagMutability: "IMMUTABLE" });
    config = await pushBlob(ecr, Buffer.from(JSON.stringify({ config: { Cmd: ["node", "a.mjs"] } })));
  });
  afterEach(() => remove());

  it("pulls by tag and digest what was pushed, later layers over earlier ones", async () => {
    const below = await pushBlob(ecr, await layerOf({ "a.mjs": "old", "gone.txt": "x", "kept/b": "b" }), 50);
    const above = await pushBlob(ecr, await layerOf({ "a.mjs": "new", ".wh.gone.txt": "" }));
    const imageManifest = manifestOf(config, below, above);
    const { image } = await ecr.PutImage({ repositoryName, imageManifest, imageTag: "1.0" });
    const digest = `sha256:${createHash("sha256").update(imageManifest).digest("hex")}`;
    expect(image?.imageId).to.deep.equal({ imageDigest: digest, imageTag: "1.0" });

    const [byTag, byDigest] = await Promise.all([ecr.pull(`${uri}:1.0`), ecr.pull(`${uri}@${digest}`)]);
    expect(byTag).to.deep.equal(byDigest);
    expect(byTag.digest).to.equal(digest);
    expect(byTag.config).to.deep.equal({ Cmd: ["node", "a.mjs"] });
    expect((await readdir(byTag.folder)).sort()).to.deep.equal(["a.mjs", "kept"]);
    expect(await readFile(join(byTag.folder, "a.mjs"), "utf8")).to.equal("new");
  });

  it("does not move a tag that is immutable, but one that is excepted", async () => {
    const put = (imageTag: string, ...layers: string[]) =>
      ecr.PutImage({ repositoryName, imageTag, imageManifest: manifestOf(config, ...layers) });
    const layer = await pushBlob(ecr, await layerOf({ a: "a" }));
    await put("1.0");
    expect((await refusal(put("1.0", layer))).code).to.equal("ImageTagAlreadyExistsException");
    expect((await refusal(put("1.0"))).code).to.equal("ImageAlreadyExistsException");
    await ecr.PutImageTagMutability({
      ...{ repositoryName, imageTagMutability: "IMMUTABLE_WITH_EXCLUSION" },
      imageTagMutabilityExclusionFilters: [{ filterType: "WILDCARD", filter: "latest*" }],
    });
    await put("latest-main");
    await put("latest-main", layer);
    const { imageDetails } = await ecr.DescribeImages({ repositoryName });
    expect(imageDetails?.map(({ imageTags }) => imageTags)).to.deep.equal([["1.0"], ["latest-main"]]);
    expect((await refusal(put("1.0", layer))).code).to.equal("ImageTagAlreadyExistsException");
  });

  it("refuses an image whose layers are not there, and bytes that are not what they are called", async () => {
    const missing = `sha256:${"0".repeat(64)}`;
    const error = await refusal(
      ecr.PutImage({ repositoryName, imageTag: "1", imageManifest: manifestOf(config, missing) }),
    );
    expect(error.code).to.equal("LayersNotFoundException");
    expect(error.message).to.contain(missing);
    const { uploadId } = await ecr.InitiateLayerUpload({ repositoryName });
    await ecr.UploadLayerPart({
      ...{ repositoryName, uploadId, partFirstByte: 0, partLastByte: 2, layerPartBlob: Buffer.from("abc") },
    });
    expect(
      (await refusal(ecr.CompleteLayerUpload({ repositoryName, uploadId, layerDigests: [missing] }))).code,
    ).to.equal("InvalidLayerException");
    expect(
      (await refusal(pushBlob(ecr, Buffer.from(JSON.stringify({ config: { Cmd: ["node", "a.mjs"] } })))))
        .code,
    ).to.equal("LayerAlreadyExistsException");
  });

  it("says what cannot be pulled", async () => {
    const none = await refusal(ecr.pull(`${uri}:none`));
    expect(none.code).to.equal("CannotPullContainerError");
    expect(none.message).to.contain(`${uri}:none: not found`);
    expect((await refusal(ecr.pull("nginx:latest"))).message).to.contain("repository does not exist");
    const noLayer = await pushBlob(ecr, Buffer.from("no gzip at all, but bytes"));
    await ecr.PutImage({ repositoryName, imageTag: "broken", imageManifest: manifestOf(config, noLayer) });
    expect((await refusal(ecr.pull(`${uri}:broken`))).message).to.contain("failed to extract layer");
  });

  it("deletes a tag first, and an image with its last tag; a repository only when it is empty", async () => {
    const imageManifest = manifestOf(config);
    for (const imageTag of ["1.0", "keep-1"]) await ecr.PutImage({ repositoryName, imageManifest, imageTag });
    expect((await refusal(ecr.DeleteRepository({ repositoryName }))).code).to.equal(
      "RepositoryNotEmptyException",
    );
    await ecr.BatchDeleteImage({ repositoryName, imageIds: [{ imageTag: "1.0" }] });
    const { imageIds } = await ecr.ListImages({ repositoryName });
    expect(imageIds?.map(({ imageTag }) => imageTag)).to.deep.equal(["keep-1"]);
    const { failures } = await ecr.BatchDeleteImage({
      ...{ repositoryName, imageIds: [{ imageTag: "keep-1" }, { imageTag: "1.0" }] },
    });
    expect(failures?.map(({ failureCode }) => failureCode)).to.deep.equal(["ImageNotFound"]);
    await ecr.DeleteRepository({ repositoryName });
    expect((await refusal(ecr.ListImages({ repositoryName }))).code).to.equal("RepositoryNotFoundException");
  });
});
