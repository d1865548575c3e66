import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { ECRClient } from "@aws-sdk/client-ecr";
import { expect } from "chai";
import { buildImage } from "../../../examples/shop/images.ts";
import { pushImage } from "../../../scripts/push.ts";
import { type Endpoint, startEndpoint } from "../../rehearsal/api/endpoint.ts";

describe("pushing the shop's images", function () {
  this.timeout(30_000);
  let endpoint: Endpoint;
  let folder: string;

  before(async () => {
    endpoint = await startEndpoint();
    folder = await mkdtemp(join(tmpdir(), "shop-push-"));
    await endpoint.cloud.ecr.CreateRepository({ repositoryName: "shop", imageTagMutability: "IMMUTABLE" });
  });
  after(async () => {
    await endpoint.close();
    await rm(folder, { recursive: true });
  });

  it("gives a release the same digest from every build, and refuses its tag to another", async () => {
    const ecr = new ECRClient(endpoint.client);
    const push = async (name: "1.0" | "1.1", built: string, tag: string) =>
      pushImage({ folder: await buildImage(name, join(folder, built)), repository: "shop", tag, ecr });
    const digest = await push("1.0", "one", "1.0");
    expect(await push("1.0", "two", "1.0")).to.equal(digest);
    const refused = await push("1.1", "three", "1.0").catch((error: Error) => error.message);
    expect(refused).to.equal(
      "shop:1.0 is there with other contents, and tags are immutable: push under a new tag",
    );
    expect(await push("1.1", "three", "1.1")).not.to.equal(digest);
  });
});
