import { Vpc, type VpcArgs } from "@pulumi/awsx/ec2/vpc.js";
import { expect } from "chai";
import { type Providers, serveProviders } from "../../../../rehearsal/provider/server.ts";
import { type TestCloud, testCloud } from "../cloud.ts";
import { destroy, drift, type Engine, type Recorded, startEngine, up } from "../engine.ts";

const auto: VpcArgs = { subnetStrategy: "Auto" };
const bothTypes: VpcArgs = { ...auto, subnetSpecs: [{ type: "Public" }, { type: "Private" }] };

interface Counts {
  readonly Subnet: number;
  readonly NatGateway: number;
  readonly Eip: number;
  readonly Route: number;
}

function program(args: VpcArgs) {
  return async () => {
    const vpc = new Vpc("net", args);
    return Promise.resolve({
      ...{ vpcId: vpc.vpcId, publicSubnetIds: vpc.publicSubnetIds, privateSubnetIds: vpc.privateSubnetIds },
      isolatedSubnetIds: vpc.isolatedSubnetIds,
      subnetLayout: vpc.subnetLayout,
      natGateways: vpc.natGateways.length,
      eips: vpc.eips.length,
    });
  };
}

/** `<parent's name> > <type> <name>`, without the stack and the component. */
function tree(resources: readonly Recorded[]): readonly string[] {
  const nameOf = (urn: string | undefined) => urn?.split("::").at(-1) ?? "";
  return resources
    .filter(({ type }) => type.startsWith("aws:"))
    .map(({ type, urn, parent }) => {
      const above = resources.find((one) => one.urn === parent);
      return `${above?.type.split(":").at(-1)} ${nameOf(parent)} > ${type.split(":").at(-1)} ${nameOf(urn)}`;
    })
    .sort();
}

describe("awsx's VPC", function () {
  this.timeout(60_000);
  let cloud: TestCloud;
  let providers: Providers;
  let engine: Engine;

  before(async () => {
    cloud = await testCloud();
    providers = await serveProviders(cloud);
    engine = await startEngine(providers);
  });
  afterEach(() => engine.must(destroy, () => Promise.resolve({})));
  after(async () => {
    await engine.close();
    await providers.close();
    await cloud.close();
  });

  // The list is that of pulumi-awsx 3.9, awsx/ec2/vpc.ts.
  it("makes these children, by name and parent", async () => {
    await engine.must(
      up,
      program({ ...bothTypes, numberOfAvailabilityZones: 2, natGateways: { strategy: "Single" } }),
    );
    const inZone = (type: string, zone: number) => [
      `Vpc net > Subnet net-${type}-${zone}`,
      `Subnet net-${type}-${zone} > RouteTable net-${type}-${zone}`,
      `RouteTable net-${type}-${zone} > RouteTableAssociation net-${type}-${zone}`,
      `RouteTable net-${type}-${zone} > Route net-${type}-${zone}`,
    ];
    expect(tree(await engine.resources())).to.have.members([
      ...["Vpc net > Vpc net", "Vpc net > InternetGateway net"],
      ...[...inZone("public", 1), ...inZone("private", 1), ...inZone("public", 2), ...inZone("private", 2)],
      ...["Subnet net-public-1 > Eip net-1", "Subnet net-public-1 > NatGateway net-1"],
    ]);
  });

  for (const [what, args, counts] of [
    [
      "three zones, private and public, a NAT gateway each by default",
      auto,
      { Subnet: 6, NatGateway: 3, Eip: 3, Route: 6 },
    ],
    [
      "no NAT gateway, and so no way out of private subnets",
      { ...bothTypes, natGateways: { strategy: "None" } },
      { Subnet: 6, NatGateway: 0, Eip: 0, Route: 3 },
    ],
    [
      "one NAT gateway for all zones",
      { ...bothTypes, numberOfAvailabilityZones: 2, natGateways: { strategy: "Single" } },
      { Subnet: 4, NatGateway: 1, Eip: 1, Route: 4 },
    ],
    [
      "isolated subnets without routes, unused ranges without subnets, in zones by name",
      {
        ...auto,
        availabilityZoneNames: ["eu-central-1b", "eu-central-1c"],
        subnetSpecs: [{ type: "Public" }, { type: "Unused" }, { type: "Private" }, { type: "Isolated" }],
        natGateways: { strategy: "OnePerAz" },
      },
      { Subnet: 6, NatGateway: 2, Eip: 2, Route: 4 },
    ],
  ] as readonly (readonly [string, VpcArgs, Counts])[])
    it(`has ${what}`, async () => {
      await engine.must(up, program(args));
      const resources = await engine.resources();
      const count = (name: string) => resources.filter(({ type }) => type.endsWith(`:${name}`)).length;
      const counted = Object.fromEntries(Object.keys(counts).map((name) => [name, count(name)]));
      expect(counted).to.deep.equal(counts);
      expect([count("RouteTable"), count("RouteTableAssociation")]).to.deep.equal([
        counts.Subnet,
        counts.Subnet,
      ]);
      await engine.must(drift, program(args));
    });

  it("tells its subnets and layout, and its children depend on what they name", async () => {
    const args = {
      ...bothTypes,
      cidrBlock: "10.9.0.0/16",
      numberOfAvailabilityZones: 2,
      tags: { team: "a" },
    };
    await engine.must(up, program(args));
    const { output } = await engine.must(["stack", "output", "--json", "--stack", "test"]);
    const outputs = JSON.parse(output) as Record<string, unknown>;
    expect(outputs["publicSubnetIds"]).to.have.length(2);
    expect(outputs["privateSubnetIds"]).to.have.length(2);
    expect(outputs["isolatedSubnetIds"]).to.be.empty;
    expect(outputs["subnetLayout"]).to.deep.equal([{ type: "Public" }, { type: "Private" }]);
    expect(outputs).to.include({ natGateways: 2, eips: 2 });

    const { Subnets = [] } = await cloud.ec2.DescribeSubnets({});
    const shown = Subnets.map(({ SubnetId = "", CidrBlock, MapPublicIpOnLaunch, Tags = [] }) => ({
      id: SubnetId,
      ...{
        CidrBlock,
        MapPublicIpOnLaunch,
        ...(Object.fromEntries(Tags.map(({ Key, Value }) => [Key, Value])) as Record<string, string>),
      },
    }));
    const first = (outputs["publicSubnetIds"] as readonly string[])[0];
    expect(shown.find(({ id }) => id === first)).to.deep.equal({
      ...{ id: first, CidrBlock: "10.9.0.0/18", MapPublicIpOnLaunch: true },
      ...{ Name: "net-public-1", SubnetType: "Public", team: "a" },
    });

    const resources = await engine.resources();
    const route = resources.find(({ type, urn }) => type.endsWith(":Route") && urn.endsWith("net-private-2"));
    const named = (route?.dependencies ?? []).map((urn) => urn.split("$").at(-1)).sort();
    expect(named).to.deep.equal([
      "aws:ec2/natGateway:NatGateway::net-2",
      "aws:ec2/routeTable:RouteTable::net-private-2",
    ]);
  });

  it("grows by a zone without touching the others", async () => {
    const none: VpcArgs = { ...bothTypes, natGateways: { strategy: "None" }, availabilityZoneCidrMask: 18 };
    await engine.must(up, program({ ...none, numberOfAvailabilityZones: 2 }));
    const { output } = await engine.must(up, program({ ...none, numberOfAvailabilityZones: 3 }));
    expect(output).to.match(/\+ 7 created\s+\d+ unchanged/);
  });

  for (const [what, args, message] of [
    ["another strategy, by name", {}, 'subnetStrategy "Legacy" is not simulated here'],
    [
      "what it does not know, by name",
      { ...auto, ipv4IpamPoolId: "ipam-1" },
      "ipv4IpamPoolId is not simulated here",
    ],
    [
      "zones by number and name",
      { ...auto, numberOfAvailabilityZones: 2, availabilityZoneNames: ["a"] },
      "Only one of",
    ],
    ["more zones than there are", { ...auto, numberOfAvailabilityZones: 9 }, "at least 9 Availability Zones"],
    [
      "addresses that are too many",
      { ...auto, natGateways: { strategy: "Single", elasticIpAllocationIds: ["a", "b"] } },
      "Exactly one Elastic IP",
    ],
  ] as readonly (readonly [string, VpcArgs, string])[])
    it(`refuses ${what}`, async () => {
      const { exitCode, output } = await engine.run(up, program(args));
      expect(exitCode).not.to.equal(0);
      expect(output).to.include(message);
    });
});
