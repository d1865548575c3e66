import { execFile } from "node:child_process";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { expect } from "chai";
import { type Providers, serveProviders } from "../../../../rehearsal/provider/server.ts";
import { type TestCloud, testCloud } from "../cloud.ts";
import type { Recorded } from "../engine.ts";

const script = fileURLToPath(new URL("./taggedVpc.ts", import.meta.url));

describe("two engines at a time", function () {
  this.timeout(60_000);
  let cloud: TestCloud;
  let providers: Providers;

  before(async () => {
    cloud = await testCloud();
    providers = await serveProviders(cloud);
  });
  after(async () => {
    await providers.close();
    await cloud.close();
  });

  it("each make their own VPC, with their own provider's tags", async () => {
    const { aws, awsx } = providers;
    const run = async (team: string) => {
      const args = [script, String(aws), String(awsx), team];
      const { stdout } = await promisify(execFile)(process.execPath, args);
      return JSON.parse(stdout) as readonly Recorded[];
    };
    const teams = ["red", "yellow"];
    const both = await Promise.all(teams.map(run));
    for (const [index, resources] of both.entries()) {
      const made = resources.filter(({ type }) => type.startsWith("aws:"));
      expect(made).to.have.length(20);
      const tagged = made.filter(({ outputs }) => outputs?.["tagsAll"]);
      expect(tagged).to.have.length(12);
      for (const { outputs } of tagged) {
        expect(outputs?.["tagsAll"]).to.include({ team: teams[index] });
        expect(outputs?.["tags"]).not.to.have.property("team");
      }
    }
    expect((await cloud.ec2.DescribeVpcs({})).Vpcs).to.be.empty;
  });
});
