import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { claimNetwork } from "../../rehearsal/api/claimNetwork.ts";
import { awsServer } from "../../rehearsal/api/server.ts";
import { clockAt } from "../../rehearsal/cloud/clock.ts";
import { createElbv2 } from "../../rehearsal/cloud/elbv2/elbv2.ts";
import { createPassive } from "../../rehearsal/cloud/passive.ts";

// The local load balancer alone in a process, made by AWS's own operations as a stack makes it.
// Argument: the backend's URL. Prints its own URL when the backend is healthy; ends with its stdin.
const backend = new URL(process.argv[2] ?? "");
const folder = await mkdtemp(join(tmpdir(), "bench-balancer-"));
const network = await claimNetwork(awsServer());
const ground = {
  identity: { account: "123456789012", region: "eu-central-1" },
  clock: clockAt(1),
  network,
  folder,
};
const { ec2 } = createPassive(ground);
const elbv2 = createElbv2(ground, { ec2 });

const { Vpc } = await ec2.CreateVpc({ CidrBlock: "10.0.0.0/16" });
const VpcId = Vpc?.VpcId ?? "";
const subnet = async (zone: string, third: number) =>
  (
    await ec2.CreateSubnet({
      VpcId,
      CidrBlock: `10.0.${third}.0/24`,
      AvailabilityZone: `${ground.identity.region}${zone}`,
    })
  ).Subnet?.SubnetId ?? "";
const Subnets = [await subnet("a", 0), await subnet("b", 1)];
const { LoadBalancers } = await elbv2.CreateLoadBalancer({ Name: "bench", Type: "application", Subnets });
const { TargetGroups } = await elbv2.CreateTargetGroup({
  Name: "bench",
  Protocol: "HTTP",
  Port: Number(backend.port),
  VpcId,
  TargetType: "ip",
  HealthCheckPath: "/",
  HealthCheckIntervalSeconds: 5,
  HealthCheckTimeoutSeconds: 2,
  HealthyThresholdCount: 2,
});
const { DNSName, LoadBalancerArn } = LoadBalancers?.[0] ?? {};
const TargetGroupArn = TargetGroups?.[0]?.TargetGroupArn;
await elbv2.CreateListener({
  LoadBalancerArn,
  Port: 8080,
  Protocol: "HTTP",
  DefaultActions: [{ Type: "forward", TargetGroupArn }],
});
await elbv2.RegisterTargets({
  TargetGroupArn,
  Targets: [{ Id: backend.hostname, Port: Number(backend.port) }],
});

const deadline = Date.now() + 30_000;
for (;;) {
  const { TargetHealthDescriptions } = await elbv2.DescribeTargetHealth({ TargetGroupArn });
  const health = TargetHealthDescriptions?.[0]?.TargetHealth;
  if (health?.State === "healthy") break;
  if (Date.now() > deadline)
    throw new Error(`the backend is ${health?.State} after 30 s: ${health?.Description}`);
  await sleep(50);
}
console.log(`http://${DNSName}:8080`);

process.stdin.resume().on("end", () => void close());
process.on("SIGTERM", () => void close());
async function close(): Promise<void> {
  await elbv2.close();
  await rm(folder, { recursive: true, force: true });
  process.exit(0);
}
