/*
 * Runs a program with a VPC under an explicit provider that tags everything, twice, and prints what it recorded. A process
 * of its own, since @pulumi/pulumi has one program a process: node taggedVpc.ts <aws port> <awsx port> <team>
 */
import { Provider } from "@pulumi/aws/provider.js";
import { Vpc } from "@pulumi/awsx/ec2/vpc.js";
import { destroy, drift, startEngine, up } from "../engine.ts";

const [aws, awsx, team = ""] = process.argv.slice(2);
const engine = await startEngine({ aws: Number(aws), awsx: Number(awsx) });

function program() {
  const provider = new Provider("tagged", { region: "eu-central-1", defaultTags: { tags: { team } } });
  const vpc = new Vpc(
    `net-${team}`,
    { subnetStrategy: "Auto", numberOfAvailabilityZones: 2, natGateways: { strategy: "Single" } },
    { providers: [provider] },
  );
  return Promise.resolve({ vpcId: vpc.vpcId });
}

await engine.must(["preview", "--stack", "test"], program);
await engine.must(up, program);
await engine.must(drift, program);
const resources = await engine.resources();
await engine.must(destroy, program);
await engine.close();
console.log(JSON.stringify(resources));
process.exit(0);
