import { expect } from "chai";
import { listenerRule } from "../../../../rehearsal/provider/types/elbv2/listenerRule.ts";
import { type TestCloud, testCloud } from "../cloud.ts";

describe("rules of a listener", () => {
  let cloud: TestCloud;
  let listener: string;

  before(async () => {
    cloud = await testCloud();
    listener = await makeListener(cloud);
  });
  after(() => cloud.close());

  const rule = (host: string, priority?: number) =>
    listenerRule.operations(cloud).create(
      {
        ...{ listenerArn: listener, priority, conditions: [{ hostHeader: { values: [host] } }] },
        actions: [
          { type: "fixed-response", fixedResponse: { contentType: "text/plain", statusCode: "200" } },
        ],
      },
      {},
    );
  const priorities = async () => {
    const { Rules = [] } = await cloud.elbv2.DescribeRules({ ListenerArn: listener });
    return Rules.map(({ Priority }) => Priority);
  };

  it("have each the next priority where the program gives none, also when they are made at once", async () => {
    await Promise.all(["a.test", "b.test", "c.test"].map((host) => rule(host)));
    expect(await priorities()).to.deep.equal(["1", "2", "3", "default"]);
  });

  it("are refused a priority that the program gives and another rule has", async () => {
    const error: unknown = await rule("d.test", 2).catch((thrown: unknown) => thrown);
    expect(error).to.include({ code: "PriorityInUse" });
  });
});

async function makeListener({ ec2, elbv2 }: TestCloud): Promise<string> {
  const { Vpc } = await ec2.CreateVpc({ CidrBlock: "10.0.0.0/16" });
  const Subnets: string[] = [];
  for (const [third, zone] of ["a", "b"].entries()) {
    const { Subnet } = await ec2.CreateSubnet({
      ...{ VpcId: Vpc?.VpcId, CidrBlock: `10.0.${third}.0/24`, AvailabilityZone: `eu-central-1${zone}` },
    });
    Subnets.push(Subnet?.SubnetId ?? "");
  }
  const { LoadBalancers } = await elbv2.CreateLoadBalancer({ Name: "a", Subnets });
  const { Listeners } = await elbv2.CreateListener({
    ...{ LoadBalancerArn: LoadBalancers?.[0]?.LoadBalancerArn, Port: 8080, Protocol: "HTTP" },
    DefaultActions: [{ Type: "fixed-response", FixedResponseConfig: { StatusCode: "503" } }],
  });
  return Listeners?.[0]?.ListenerArn ?? "";
}
