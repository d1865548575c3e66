import type * as ec2Sdk from "@aws-sdk/client-ec2";
import type * as sdk from "@aws-sdk/client-elastic-load-balancing-v2";
import type { Ground } from "../cloud.ts";
import type { Operations } from "../operations.ts";
import { AwsError } from "../awsError.ts";
import { page } from "../paging.ts";
import { only } from "../parameters.ts";
import { balancerAttributes, listAttributes, writeAttributes } from "./attributes.ts";
import { refuse, required } from "./refusals.ts";
import type { LoadBalancer, State } from "./state.ts";
import { tag } from "./tagOperations.ts";
import { attachGroups } from "./wiring.ts";

export type LoadBalancerOperations = Operations<
  typeof sdk,
  | "CreateLoadBalancer"
  | "DescribeLoadBalancers"
  | "DescribeLoadBalancerAttributes"
  | "ModifyLoadBalancerAttributes"
  | "SetSecurityGroups"
  | "SetSubnets"
  | "DeleteLoadBalancer"
>;

export type Subnets = Operations<typeof ec2Sdk, "DescribeSubnets">;

export function loadBalancerOperations(
  state: State,
  { ground, ec2 }: { readonly ground: Ground; readonly ec2: Subnets },
): LoadBalancerOperations {
  return {
    async CreateLoadBalancer(input) {
      only("CreateLoadBalancer", input, [
        ...(["Name", "Subnets", "SecurityGroups", "Scheme", "Tags", "Type", "IpAddressType"] as const),
      ]);
      const name = required(input.Name, "name");
      if (!/^(?!internal-)[a-zA-Z0-9](?:[a-zA-Z0-9-]{0,30}[a-zA-Z0-9])?$/.test(name))
        throw refuse.invalid(`The load balancer name '${name}' must be 1 to 32 letters, digits or hyphens`);
      if ((input.Type ?? "application") !== "application")
        throw refuse.invalid(
          `Load balancers of type '${input.Type}' are not served here, only 'application'`,
        );
      if ((input.IpAddressType ?? "ipv4") !== "ipv4")
        throw refuse.invalid(`IpAddressType '${input.IpAddressType}' is not served here, only 'ipv4'`);
      const { vpc, zones } = await zonesOf(input.Subnets);
      if ([...state.balancers.values()].some((other) => other.name === name))
        throw new AwsError(
          "DuplicateLoadBalancerName",
          `A load balancer with the name '${name}' exists already`,
        );
      const balancer: LoadBalancer = {
        ...{ arn: state.arn(`loadbalancer/app/${name}/${state.id()}`), name, address: state.address() },
        ...{ scheme: input.Scheme ?? "internet-facing", vpc, zones, created: ground.clock.now() },
        ...{
          securityGroups: input.SecurityGroups ?? [],
          attributes: new Map(Object.entries(balancerAttributes)),
        },
      };
      state.balancers.set(balancer.arn, balancer);
      tag(state, balancer.arn, input.Tags);
      return { LoadBalancers: [shown(balancer)] };
    },

    async DescribeLoadBalancers(input) {
      only("DescribeLoadBalancers", input, ["LoadBalancerArns", "Names", "Marker", "PageSize"]);
      const { LoadBalancerArns: arns = [], Names: names = [] } = input;
      for (const arn of arns) state.balancer(arn);
      const all = [...state.balancers.values()];
      for (const name of names)
        if (!all.some((one) => one.name === name)) throw refuse.balancerNotFound(name);
      const found = all.filter(
        ({ arn, name }) =>
          (arns.length === 0 || arns.includes(arn)) && (names.length === 0 || names.includes(name)),
      );
      const { items, next } = page(found, {
        ...{ size: input.PageSize, token: input.Marker },
        refuse: () => refuse.invalid("Marker is not valid"),
      });
      return Promise.resolve({ LoadBalancers: items.map(shown), ...(next && { NextMarker: next }) });
    },

    async DescribeLoadBalancerAttributes(input) {
      only("DescribeLoadBalancerAttributes", input, ["LoadBalancerArn"]);
      return Promise.resolve({
        Attributes: listAttributes(state.balancer(input.LoadBalancerArn).attributes),
      });
    },

    async ModifyLoadBalancerAttributes(input) {
      only("ModifyLoadBalancerAttributes", input, ["LoadBalancerArn", "Attributes"]);
      const { attributes } = state.balancer(input.LoadBalancerArn);
      writeAttributes(attributes, balancerAttributes, input.Attributes);
      return Promise.resolve({ Attributes: listAttributes(attributes) });
    },

    async SetSecurityGroups(input) {
      only("SetSecurityGroups", input, ["LoadBalancerArn", "SecurityGroups"]);
      const balancer = state.balancer(input.LoadBalancerArn);
      balancer.securityGroups = required(input.SecurityGroups, "securityGroups");
      return Promise.resolve({ SecurityGroupIds: [...balancer.securityGroups] });
    },

    async SetSubnets(input) {
      only("SetSubnets", input, ["LoadBalancerArn", "Subnets", "IpAddressType"]);
      const balancer = state.balancer(input.LoadBalancerArn);
      balancer.zones = (await zonesOf(input.Subnets)).zones;
      return { AvailabilityZones: [...balancer.zones], IpAddressType: "ipv4" };
    },

    async DeleteLoadBalancer(input) {
      only("DeleteLoadBalancer", input, ["LoadBalancerArn"]);
      const balancer = state.balancers.get(input.LoadBalancerArn ?? "");
      // As on AWS, deleting what is not there is a success.
      if (!balancer) return {};
      if (balancer.attributes.get("deletion_protection.enabled") === "true")
        throw refuse.notPermitted(
          `Load balancer '${balancer.arn}' cannot be deleted because deletion protection is enabled`,
        );
      for (const listener of state.listenersOf(balancer)) {
        state.listeners.delete(listener.arn);
        state.tags.delete(listener.arn);
        await listener.open.close();
      }
      state.balancers.delete(balancer.arn);
      state.tags.delete(balancer.arn);
      attachGroups(state);
      return {};
    },
  };

  async function zonesOf(subnets: readonly string[] | undefined) {
    const SubnetIds = [...required(subnets, "subnets")];
    const { Subnets = [] } = await ec2.DescribeSubnets({ SubnetIds }).catch((error: unknown) => {
      throw new AwsError("SubnetNotFound", error instanceof Error ? error.message : String(error));
    });
    const zones = Subnets.map(({ AvailabilityZone: ZoneName, SubnetId }) => ({
      ZoneName,
      SubnetId,
      LoadBalancerAddresses: [],
    }));
    if (new Set(zones.map(({ ZoneName }) => ZoneName)).size < 2)
      throw refuse.invalid("At least two subnets in two different Availability Zones must be specified");
    return { vpc: Subnets[0]?.VpcId ?? "", zones };
  }

  function shown(balancer: LoadBalancer): sdk.LoadBalancer {
    return {
      ...{ LoadBalancerArn: balancer.arn, LoadBalancerName: balancer.name, DNSName: balancer.address },
      ...{
        CanonicalHostedZoneId: state.hostedZone(),
        CreatedTime: balancer.created,
        Scheme: balancer.scheme,
      },
      ...{ VpcId: balancer.vpc, State: { Code: "active" }, Type: "application", IpAddressType: "ipv4" },
      ...{ AvailabilityZones: [...balancer.zones], SecurityGroups: [...balancer.securityGroups] },
    };
  }
}
