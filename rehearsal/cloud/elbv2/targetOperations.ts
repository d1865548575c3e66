import type * as sdk from "@aws-sdk/client-elastic-load-balancing-v2";
import { isIPv4 } from "node:net";
import type { AtOnce } from "../atOnce.ts";
import { AwsError } from "../awsError.ts";
import type { Operations } from "../operations.ts";
import { only } from "../parameters.ts";
import { required } from "./refusals.ts";
import type { State } from "./state.ts";
import type { TargetGroup } from "./targetGroup.ts";

export type TargetOperations = Operations<
  typeof sdk,
  "RegisterTargets" | "DeregisterTargets" | "DescribeTargetHealth"
>;

export function targetOperations(state: State): AtOnce<TargetOperations> {
  return {
    RegisterTargets(input) {
      only("RegisterTargets", input, ["TargetGroupArn", "Targets"]);
      const group = state.group(input.TargetGroupArn);
      const places = required(input.Targets, "targets").map((target) => place(group, target));
      for (const { address, port } of places) group.register(address, port);
      return {};
    },

    DeregisterTargets(input) {
      only("DeregisterTargets", input, ["TargetGroupArn", "Targets"]);
      const group = state.group(input.TargetGroupArn);
      for (const target of required(input.Targets, "targets")) {
        const { address, port } = place(group, target);
        group.deregister(address, port);
      }
      return {};
    },

    DescribeTargetHealth(input) {
      only("DescribeTargetHealth", input, ["TargetGroupArn", "Targets", "Include"]);
      const group = state.group(input.TargetGroupArn);
      const asked = input.Targets?.map((target) => place(group, target));
      const known = group.targets.map(({ address, port, health }) => ({ address, port, health }));
      const shown =
        asked?.map(({ address, port }) => ({
          ...{ address, port, health: group.find(address, port)?.health ?? notRegistered },
        })) ?? known;
      return {
        TargetHealthDescriptions: shown.map(({ address, port, health }) => ({
          ...{ Target: { Id: address, Port: port }, HealthCheckPort: checkPort(group, port) },
          TargetHealth: { ...health },
        })),
      };
    },
  };
}

const notRegistered: sdk.TargetHealth = {
  ...{ State: "unused", Reason: "Target.NotRegistered" },
  Description: "Target is not registered to the target group",
};

function checkPort({ settings }: TargetGroup, port: number): string {
  return settings.healthCheck.port === "traffic-port" ? String(port) : settings.healthCheck.port;
}

function place(group: TargetGroup, { Id, Port }: sdk.TargetDescription) {
  const address = required(Id, "Id");
  if (!isIPv4(address))
    throw new AwsError("ValidationError", `The IP address '${address}' is not a valid IPv4 address`);
  return { address, port: Port ?? group.settings.port };
}
