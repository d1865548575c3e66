import { createServer, type RequestListener, type Server } from "node:http";
import { expect } from "chai";
import { createEc2 } from "../../../rehearsal/cloud/ec2/ec2.ts";
import { createElbv2, type Elbv2 } from "../../../rehearsal/cloud/elbv2/elbv2.ts";
import { eventually } from "../eventually.ts";
import { testGround } from "../testGround.ts";

/** Networks of this file's worlds, one each, so that their ports never meet. */
let made = 0;

/** A load balancer with two groups on a rule by weight, as the program declares them. */
export async function elbWorld() {
  const ground = { ...(await testGround()), network: `127.17.${(made += 1)}` };
  const ec2 = createEc2(ground);
  const elbv2 = createElbv2(ground, { ec2 });
  const { Vpc } = await ec2.CreateVpc({ CidrBlock: "10.0.0.0/16" });
  const VpcId = Vpc?.VpcId ?? "";
  const subnets = await Promise.all(
    ["a", "b"].map(async (zone, third) => {
      const AvailabilityZone = `${ground.identity.region}${zone}`;
      const { Subnet } = await ec2.CreateSubnet({ VpcId, CidrBlock: `10.0.${third}.0/24`, AvailabilityZone });
      return Subnet?.SubnetId ?? "";
    }),
  );
  const { LoadBalancers } = await elbv2.CreateLoadBalancer({ Name: "shop", Subnets: subnets });
  const { LoadBalancerArn = "", DNSName = "" } = LoadBalancers?.[0] ?? {};
  const group = async (Name: string) => {
    const { TargetGroups } = await elbv2.CreateTargetGroup({
      ...{ Name, Protocol: "HTTP", Port: 8080, VpcId, TargetType: "ip", HealthCheckPath: "/healthz" },
      ...{ HealthCheckIntervalSeconds: 5, HealthCheckTimeoutSeconds: 2, HealthyThresholdCount: 2 },
    });
    return TargetGroups?.[0]?.TargetGroupArn ?? "";
  };
  const [blue, green] = [await group("blue"), await group("green")];
  const { Listeners } = await elbv2.CreateListener({
    ...{ LoadBalancerArn, Port: 8080, Protocol: "HTTP" },
    DefaultActions: [
      { Type: "fixed-response", FixedResponseConfig: { StatusCode: "503", MessageBody: "closed" } },
    ],
  });
  const ListenerArn = Listeners?.[0]?.ListenerArn ?? "";
  const { Rules } = await elbv2.CreateRule({
    ...{ ListenerArn, Priority: 1, Conditions: [{ Field: "path-pattern", Values: ["/*"] }] },
    Actions: [weights(blue, green, 100)],
  });
  const RuleArn = Rules?.[0]?.RuleArn ?? "";
  const servers: Server[] = [];
  return {
    ...{ elbv2, blue, green, ListenerArn, RuleArn, url: `http://${DNSName}:8080` },
    /** A real server on an address of its own. */
    async serve(host: number, answer: RequestListener) {
      const server = createServer(answer);
      servers.push(server);
      const address = `${ground.network}.${host}`;
      await new Promise<void>((resolve) => server.listen(8080, address, resolve));
      return { server, address };
    },
    shift: (share: number) => elbv2.ModifyRule({ RuleArn, Actions: [weights(blue, green, share)] }),
    async close() {
      await elbv2.close();
      ec2.close();
      for (const server of servers) {
        server.close();
        server.closeAllConnections();
      }
      await ground.remove();
    },
  };
}

/** Registers a target and waits until it is healthy. */
export async function healthy(elbv2: Elbv2, group: string, address: string): Promise<void> {
  await elbv2.RegisterTargets({ TargetGroupArn: group, Targets: [{ Id: address, Port: 8080 }] });
  await eventually(async () => expect(await stateOf(elbv2, group, address)).to.equal("healthy"));
}

export async function stateOf(elbv2: Elbv2, group: string, address: string) {
  const { TargetHealthDescriptions } = await elbv2.DescribeTargetHealth({
    ...{ TargetGroupArn: group, Targets: [{ Id: address, Port: 8080 }] },
  });
  return TargetHealthDescriptions?.[0]?.TargetHealth?.State;
}

/** A forward to both, `share` percent to blue. */
export function weights(blue: string, green: string, share: number) {
  return {
    Type: "forward" as const,
    ForwardConfig: {
      TargetGroups: [
        { TargetGroupArn: blue, Weight: share },
        { TargetGroupArn: green, Weight: 100 - share },
      ],
    },
  };
}
