import { expect } from "chai";
import { createEc2, type Ec2 } from "../../../rehearsal/cloud/ec2/ec2.ts";
import { refusal } from "../refusal.ts";
import { testGround } from "../testGround.ts";
import { eventually } from "../eventually.ts";

describe("EC2's network", () => {
  let ec2: Ec2;
  let VpcId: string;

  beforeEach(async () => {
    const ground = await testGround();
    await ground.remove();
    ec2 = createEc2(ground);
    VpcId = (await ec2.CreateVpc({ CidrBlock: "10.0.0.0/16" })).Vpc?.VpcId ?? "";
  });
  afterEach(() => ec2.close());

  const subnet = async (CidrBlock: string) =>
    (await ec2.CreateSubnet({ VpcId, CidrBlock })).Subnet?.SubnetId ?? "";
  const group = async (GroupName: string) =>
    (await ec2.CreateSecurityGroup({ VpcId, GroupName, Description: "d" })).GroupId ?? "";

  it("comes with a main route table, a default group and a default ACL, which go with the VPC", async () => {
    const Filters = [{ Name: "vpc-id", Values: [VpcId] }];
    const main = { Name: "association.main", Values: ["true"] };
    const { RouteTables } = await ec2.DescribeRouteTables({ Filters: [...Filters, main] });
    expect(RouteTables?.[0]?.Routes?.[0]).to.include({
      DestinationCidrBlock: "10.0.0.0/16",
      GatewayId: "local",
    });
    const { SecurityGroups } = await ec2.DescribeSecurityGroups({ Filters });
    expect(SecurityGroups?.map(({ GroupName }) => GroupName)).to.deep.equal(["default"]);
    expect((await ec2.DescribeNetworkAcls({ Filters })).NetworkAcls).to.have.length(1);
    expect((await refusal(ec2.DeleteSecurityGroup({ GroupId: SecurityGroups?.[0]?.GroupId }))).code).to.equal(
      "CannotDelete",
    );
    await ec2.DeleteVpc({ VpcId });
    expect((await ec2.DescribeSecurityGroups({})).SecurityGroups).to.deep.equal([]);
    expect((await refusal(ec2.DescribeVpcs({ VpcIds: [VpcId] }))).code).to.equal("InvalidVpcID.NotFound");
  });

  it("refuses subnets that are outside the VPC or over each other", async () => {
    const id = await subnet("10.0.1.0/24");
    expect((await refusal(subnet("10.0.1.128/25"))).code).to.equal("InvalidSubnet.Conflict");
    expect((await refusal(subnet("10.1.0.0/24"))).code).to.equal("InvalidSubnet.Range");
    await ec2.ModifySubnetAttribute({ SubnetId: id, MapPublicIpOnLaunch: { Value: true } });
    const { Subnets } = await ec2.DescribeSubnets({
      Filters: [{ Name: "map-public-ip-on-launch", Values: ["true"] }],
    });
    expect(Subnets?.map(({ SubnetId }) => SubnetId)).to.deep.equal([id]);
    expect((await refusal(ec2.DeleteVpc({ VpcId }))).code).to.equal("DependencyViolation");
  });

  it("routes by a NAT gateway once it is available, and holds what the gateway needs", async () => {
    const SubnetId = await subnet("10.0.1.0/24");
    const InternetGatewayId = (await ec2.CreateInternetGateway({})).InternetGateway?.InternetGatewayId;
    await ec2.AttachInternetGateway({ InternetGatewayId, VpcId });
    const { AllocationId } = await ec2.AllocateAddress({ Domain: "vpc" });
    const made = await ec2.CreateNatGateway({ SubnetId, AllocationId });
    const NatGatewayId = made.NatGateway?.NatGatewayId ?? "";
    expect(made.NatGateway?.State).to.equal("pending");
    const state = async () =>
      (await ec2.DescribeNatGateways({ NatGatewayIds: [NatGatewayId] })).NatGateways?.[0]?.State;
    await eventually(async () => expect(await state()).to.equal("available"));

    const RouteTableId = (await ec2.CreateRouteTable({ VpcId })).RouteTable?.RouteTableId;
    const route = { RouteTableId, DestinationCidrBlock: "0.0.0.0/0" };
    await ec2.CreateRoute({ ...route, NatGatewayId });
    expect((await refusal(ec2.CreateRoute({ ...route, GatewayId: InternetGatewayId }))).code).to.equal(
      "RouteAlreadyExists",
    );
    const { AssociationId } = await ec2.AssociateRouteTable({ RouteTableId, SubnetId });
    expect((await refusal(ec2.DeleteRouteTable({ RouteTableId }))).code).to.equal("DependencyViolation");
    expect((await refusal(ec2.DeleteSubnet({ SubnetId }))).code).to.equal("DependencyViolation");
    expect((await refusal(ec2.ReleaseAddress({ AllocationId }))).code).to.equal("InvalidIPAddress.InUse");
    expect((await refusal(ec2.DetachInternetGateway({ InternetGatewayId, VpcId }))).code).to.equal(
      "DependencyViolation",
    );

    await ec2.DeleteNatGateway({ NatGatewayId });
    await eventually(async () => expect(await state()).to.equal("deleted"));
    const { RouteTables } = await ec2.DescribeRouteTables({ RouteTableIds: [RouteTableId ?? ""] });
    expect(RouteTables?.[0]?.Routes?.map(({ State }) => State)).to.deep.equal(["active", "blackhole"]);
    await ec2.DisassociateRouteTable({ AssociationId });
    await ec2.DeleteRouteTable({ RouteTableId });
    await ec2.ReleaseAddress({ AllocationId });
    await ec2.DetachInternetGateway({ InternetGatewayId, VpcId });
    await ec2.DeleteInternetGateway({ InternetGatewayId });
    await ec2.DeleteSubnet({ SubnetId });
    await ec2.DeleteVpc({ VpcId });
  });

  it("gives each rule of a security group an id, and refuses one that is there already", async () => {
    const [a, b] = [await group("a"), await group("b")];
    const ports = { IpProtocol: "tcp", FromPort: 80, ToPort: 80 };
    const { SecurityGroupRules } = await ec2.AuthorizeSecurityGroupIngress({
      GroupId: a,
      IpPermissions: [
        {
          ...{ ...ports, IpRanges: [{ CidrIp: "10.0.0.0/8", Description: "inside" }] },
          UserIdGroupPairs: [{ GroupId: b }],
        },
      ],
    });
    expect(SecurityGroupRules).to.have.length(2);
    const again = ec2.AuthorizeSecurityGroupIngress({ ...{ GroupId: a, ...ports, CidrIp: "10.0.0.0/8" } });
    expect((await refusal(again)).code).to.equal("InvalidPermission.Duplicate");
    expect((await refusal(ec2.DeleteSecurityGroup({ GroupId: b }))).code).to.equal("DependencyViolation");

    const [first, second] = SecurityGroupRules ?? [];
    await ec2.ModifySecurityGroupRules({
      GroupId: a,
      SecurityGroupRules: [
        {
          SecurityGroupRuleId: first?.SecurityGroupRuleId,
          SecurityGroupRule: { ...ports, ToPort: 81, CidrIpv4: "10.1.0.0/16" },
        },
      ],
    });
    await ec2.RevokeSecurityGroupIngress({
      ...{ GroupId: a, SecurityGroupRuleIds: [second?.SecurityGroupRuleId ?? ""] },
    });
    const { SecurityGroups } = await ec2.DescribeSecurityGroups({ GroupIds: [a] });
    expect(SecurityGroups?.[0]?.IpPermissions).to.deep.equal([
      {
        ...{ IpProtocol: "tcp", FromPort: 80, ToPort: 81, Ipv6Ranges: [], PrefixListIds: [] },
        ...{ IpRanges: [{ CidrIp: "10.1.0.0/16", Description: undefined }], UserIdGroupPairs: [] },
      },
    ]);
    await ec2.DeleteSecurityGroup({ GroupId: b });
  });

  it("finds by tags, with wildcards, and refuses a filter that it has not", async () => {
    await ec2.CreateTags({ Resources: [VpcId], Tags: [{ Key: "Name", Value: "shop-prod" }] });
    const found = async (Name: string, Value: string) =>
      (await ec2.DescribeVpcs({ Filters: [{ Name, Values: [Value] }] })).Vpcs?.length;
    expect(await found("tag:Name", "shop-*")).to.equal(1);
    expect(await found("tag:Name", "shop")).to.equal(0);
    expect((await refusal(found("colour", "blue"))).message).to.equal("The filter 'colour' is invalid");
    const { Tags } = await ec2.DescribeTags({ Filters: [{ Name: "key", Values: ["Name"] }] });
    expect(Tags?.[0]).to.deep.include({ ResourceId: VpcId, ResourceType: "vpc", Value: "shop-prod" });
    await ec2.DeleteTags({ Resources: [VpcId], Tags: [{ Key: "Name", Value: "other" }] });
    expect(await found("tag-key", "Name")).to.equal(1);
    await ec2.DeleteTags({ Resources: [VpcId], Tags: [{ Key: "Name" }] });
    expect(await found("tag-key", "Name")).to.equal(0);
  });

  it("keeps a security group while an interface is in it", async () => {
    const GroupId = await group("lb");
    const { id } = ec2.addInterface({
      ...{ subnet: await subnet("10.0.2.0/24"), groups: [GroupId], interfaceType: "interface" },
      description: "ELB app/shop/1",
    });
    expect((await refusal(ec2.DeleteSecurityGroup({ GroupId }))).code).to.equal("DependencyViolation");
    ec2.removeInterface(id);
    await ec2.DeleteSecurityGroup({ GroupId });
  });

  it("has three zones", async () => {
    const { AvailabilityZones } = await ec2.DescribeAvailabilityZones({
      Filters: [{ Name: "state", Values: ["available"] }],
    });
    expect(AvailabilityZones?.map(({ ZoneName, ZoneId }) => `${ZoneName} ${ZoneId}`)).to.deep.equal([
      ...["eu-central-1a euc1-az1", "eu-central-1b euc1-az2", "eu-central-1c euc1-az3"],
    ]);
  });
});
