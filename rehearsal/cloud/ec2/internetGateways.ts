import type * as sdk from "@aws-sdk/client-ec2";
import type { Identity } from "../cloud.ts";
import type { Operations } from "../operations.ts";
import { atOnce } from "../atOnce.ts";
import { AwsError } from "../awsError.ts";
import { only } from "../parameters.ts";
import { matches } from "./filters.ts";
import { newId } from "./ids.ts";
import { paged } from "./paged.ts";
import { dependencyViolation, type InternetGateway, type State } from "./state.ts";
import { specified, tagList } from "./tags.ts";

type InternetGatewayOperations = Operations<
  typeof sdk,
  | "CreateInternetGateway"
  | "DescribeInternetGateways"
  | "DeleteInternetGateway"
  | "AttachInternetGateway"
  | "DetachInternetGateway"
>;

/** Internet gateways; a VPC has at most one. */
export function internetGatewayOperations(state: State, { account }: Identity): InternetGatewayOperations {
  return atOnce<InternetGatewayOperations>({
    CreateInternetGateway(input) {
      only("CreateInternetGateway", input, ["TagSpecifications"]);
      const gateway = state.internetGateways.add({
        ...{ id: newId("igw"), type: "internet-gateway" },
        tags: specified(input.TagSpecifications, "internet-gateway"),
      });
      return { InternetGateway: described(gateway, account) };
    },

    DescribeInternetGateways(input) {
      only("DescribeInternetGateways", input, [
        ...(["Filters", "InternetGatewayIds", "NextToken", "MaxResults"] as const),
      ]);
      const found = state.internetGateways.some(input.InternetGatewayIds).filter(({ id, vpc, tags }) =>
        matches(
          input.Filters,
          {
            ...{ "internet-gateway-id": id, "attachment.vpc-id": vpc, "owner-id": account },
            "attachment.state": vpc === undefined ? undefined : "available",
          },
          tags,
        ),
      );
      const { items, next } = paged(found, input);
      return { InternetGateways: items.map((gateway) => described(gateway, account)), NextToken: next };
    },

    DeleteInternetGateway({ InternetGatewayId }) {
      const gateway = state.internetGateways.find(InternetGatewayId);
      if (gateway.vpc !== undefined)
        throw dependencyViolation(
          `The internetGateway '${gateway.id}' has dependencies and cannot be deleted.`,
        );
      state.internetGateways.remove(gateway);
      return {};
    },

    AttachInternetGateway({ InternetGatewayId, VpcId }) {
      const gateway = state.internetGateways.find(InternetGatewayId);
      const vpc = state.vpcs.find(VpcId);
      if (gateway.vpc !== undefined)
        throw new AwsError(
          "Resource.AlreadyAssociated",
          `resource ${gateway.id} is already attached to network ${gateway.vpc}`,
        );
      if (state.internetGateways.all().some(({ vpc: attached }) => attached === vpc.id))
        throw new AwsError(
          "InvalidParameterValue",
          `Network ${vpc.id} already has an internet gateway attached`,
        );
      gateway.vpc = vpc.id;
      return {};
    },

    DetachInternetGateway({ InternetGatewayId, VpcId }) {
      const gateway = state.internetGateways.find(InternetGatewayId);
      const vpc = state.vpcs.find(VpcId);
      if (gateway.vpc !== vpc.id)
        throw new AwsError(
          "Gateway.NotAttached",
          `resource ${gateway.id} is not attached to network ${vpc.id}`,
        );
      const mapped = state.addresses.all().some(({ networkInterface: id }) => {
        const found = state.networkInterfaces.all().find((one) => one.id === id);
        return found && state.subnets.find(found.subnet).vpc === vpc.id;
      });
      if (mapped)
        throw dependencyViolation(
          `Network ${vpc.id} has some mapped public address(es). Please unmap those public address(es) before detaching the gateway.`,
        );
      delete gateway.vpc;
      return {};
    },
  });
}

function described({ id, vpc, tags }: InternetGateway, account: string): sdk.InternetGateway {
  return {
    ...{ InternetGatewayId: id, OwnerId: account, Tags: tagList(tags) },
    // EC2 says "available" here, which is not among the SDK's words for the state of an attachment.
    Attachments: vpc === undefined ? [] : [{ VpcId: vpc, State: "available" as sdk.AttachmentStatus }],
  };
}
