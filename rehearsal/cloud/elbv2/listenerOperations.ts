import type * as sdk from "@aws-sdk/client-elastic-load-balancing-v2";
import { Listener as OpenListener } from "../../traffic/listener.ts";
import { AwsError } from "../awsError.ts";
import type { Operations } from "../operations.ts";
import { page } from "../paging.ts";
import { only } from "../parameters.ts";
import { normalActions } from "./actions.ts";
import { refuse, required } from "./refusals.ts";
import type { Listener, LoadBalancer, State } from "./state.ts";
import { tag } from "./tagOperations.ts";
import { attachGroups, putInForce } from "./wiring.ts";

export type ListenerOperations = Operations<
  typeof sdk,
  "CreateListener" | "DescribeListeners" | "ModifyListener" | "DeleteListener"
>;

export function listenerOperations(state: State): ListenerOperations {
  return {
    async CreateListener(input) {
      only("CreateListener", input, ["LoadBalancerArn", "Protocol", "Port", "DefaultActions", "Tags"]);
      const balancer = state.balancer(input.LoadBalancerArn);
      const port = required(input.Port, "port");
      onlyHttp(input.Protocol);
      const actions = normalActions(state, input.DefaultActions);
      refuseTaken(balancer, port);
      const arn = `${balancer.arn.replace(":loadbalancer/", ":listener/")}/${state.id()}`;
      const rule: sdk.Rule = {
        ...{
          RuleArn: ruleArn(state, arn),
          Priority: "default",
          Conditions: [],
          Actions: actions,
          IsDefault: true,
        },
      };
      const open = await openPort(balancer, port);
      const listener: Listener = { arn, balancer, port, protocol: "HTTP", rules: [rule], open };
      state.listeners.set(arn, listener);
      tag(state, arn, input.Tags);
      tag(state, rule.RuleArn ?? "", input.Tags);
      putInForce(state, listener);
      return { Listeners: [shown(listener)] };
    },

    async DescribeListeners(input) {
      only("DescribeListeners", input, ["LoadBalancerArn", "ListenerArns", "Marker", "PageSize"]);
      const { ListenerArns: arns = [], LoadBalancerArn: balancer } = input;
      if (arns.length === 0 && balancer === undefined)
        throw refuse.invalid("You must specify either listener ARNs or a load balancer ARN");
      const found =
        balancer === undefined
          ? arns.map((arn) => state.listener(arn))
          : state
              .listenersOf(state.balancer(balancer))
              .filter(({ arn }) => arns.length === 0 || arns.includes(arn));
      const { items, next } = page(found, {
        ...{ size: input.PageSize, token: input.Marker },
        refuse: () => refuse.invalid("Marker is not valid"),
      });
      return Promise.resolve({ Listeners: items.map(shown), ...(next && { NextMarker: next }) });
    },

    async ModifyListener(input) {
      only("ModifyListener", input, ["ListenerArn", "Port", "Protocol", "DefaultActions"]);
      const listener = state.listener(input.ListenerArn);
      if (input.Protocol !== undefined) onlyHttp(input.Protocol);
      const actions = input.DefaultActions && normalActions(state, input.DefaultActions);
      if (input.Port !== undefined && input.Port !== listener.port) {
        refuseTaken(listener.balancer, input.Port);
        const former = listener.open;
        listener.open = await openPort(listener.balancer, input.Port);
        listener.port = input.Port;
        void former.close();
      }
      if (actions)
        listener.rules = listener.rules.map((rule) =>
          rule.IsDefault ? { ...rule, Actions: actions } : rule,
        );
      putInForce(state, listener);
      return { Listeners: [shown(listener)] };
    },

    async DeleteListener(input) {
      only("DeleteListener", input, ["ListenerArn"]);
      const listener = state.listener(input.ListenerArn);
      state.listeners.delete(listener.arn);
      for (const arn of [listener.arn, ...listener.rules.map(({ RuleArn = "" }) => RuleArn)])
        state.tags.delete(arn);
      attachGroups(state);
      await listener.open.close();
      return {};
    },
  };

  function refuseTaken(balancer: LoadBalancer, port: number): void {
    if (state.listenersOf(balancer).some((other) => other.port === port))
      throw new AwsError(
        "DuplicateListener",
        `A listener already exists on port ${port} for load balancer '${balancer.arn}'`,
      );
  }
}

/** ARN of a new rule of a listener. */
export function ruleArn(state: State, listenerArn: string): string {
  return `${listenerArn.replace(":listener/", ":listener-rule/")}/${state.id()}`;
}

function onlyHttp(protocol: string | undefined): void {
  if (protocol === "HTTPS")
    throw new AwsError(
      "UnsupportedCertificate",
      "Certificates are not served here: declare the local listener as HTTP",
    );
  if (protocol !== "HTTP")
    throw refuse.invalid(`Listener protocol '${protocol}' must be one of 'HTTP, HTTPS'`);
}

async function openPort(balancer: LoadBalancer, port: number): Promise<OpenListener> {
  try {
    return await OpenListener.open({
      ...{ address: balancer.address, port },
      idleTimeout: () => 1000 * Number(balancer.attributes.get("idle_timeout.timeout_seconds")),
    });
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    const why =
      code === "EACCES" ? "ports under 1024 are root's: declare another for this stack" : String(code);
    throw new AwsError("ValidationError", `Port ${port} of ${balancer.address} can't be opened: ${why}`);
  }
}

function shown({ arn, balancer, port, protocol, rules }: Listener): sdk.Listener {
  const rule = rules.find(({ IsDefault }) => IsDefault);
  return {
    ...{ ListenerArn: arn, LoadBalancerArn: balancer.arn, Port: port, Protocol: protocol },
    DefaultActions: structuredClone(rule?.Actions ?? []),
  };
}
