import type { Action } from "@aws-sdk/client-elastic-load-balancing-v2";
import type { IncomingMessage } from "node:http";
import type { RuleAction } from "../../traffic/rules.ts";
import { refuse, required } from "./refusals.ts";
import type { State } from "./state.ts";

/** How many groups a forward may have, and the greatest weight of one. */
const limits = { groups: 5, weight: 999, stickySeconds: 604_800 };

/** An action as AWS answers it: complete, and a single group both by its ARN and as a forward. Checked in full. */
export function normalActions(state: State, actions: readonly Action[] | undefined): Action[] {
  const given = required(actions, "actions");
  if (given.length !== 1 || !given[0])
    throw refuse.invalid("You must specify exactly one action: authentication before it is not served here");
  const [action] = given;
  const Order = action.Order ?? 1;
  switch (action.Type) {
    case "forward":
      return [{ ...normalForward(state, action), Order }];
    case "fixed-response": {
      const config = required(action.FixedResponseConfig, "FixedResponseConfig");
      if (!/^[245]\d\d$/.test(required(config.StatusCode, "StatusCode")))
        throw refuse.invalid(`'${config.StatusCode}' is not a valid value for 'StatusCode'`);
      return [{ Type: "fixed-response", Order, FixedResponseConfig: { ...config } }];
    }
    case "redirect": {
      const to = required(action.RedirectConfig, "RedirectConfig");
      return [
        {
          ...{ Type: "redirect", Order },
          RedirectConfig: {
            ...{
              Protocol: to.Protocol ?? "#{protocol}",
              Host: to.Host ?? "#{host}",
              Port: to.Port ?? "#{port}",
            },
            ...{ Path: to.Path ?? "/#{path}", Query: to.Query ?? "#{query}" },
            StatusCode: required(to.StatusCode, "StatusCode"),
          },
        },
      ];
    }
    case "authenticate-cognito":
    case "authenticate-oidc":
    case "jwt-validation":
    case undefined:
    default:
      throw refuse.invalid(`Action type '${action.Type}' is not served by this load balancer`);
  }
}

function normalForward(state: State, action: Action): Action {
  const groups = action.ForwardConfig?.TargetGroups ?? [{ TargetGroupArn: action.TargetGroupArn, Weight: 1 }];
  if (groups.length === 0 || groups.length > limits.groups)
    throw refuse.invalid(`A forward action must have between 1 and ${limits.groups} target groups`);
  const TargetGroups = groups.map(({ TargetGroupArn, Weight = 1 }) => {
    state.group(required(TargetGroupArn, "TargetGroupArn"));
    if (!Number.isInteger(Weight) || Weight < 0 || Weight > limits.weight)
      throw refuse.invalid(`Target group weight must be between 0 and ${limits.weight}, not '${Weight}'`);
    return { TargetGroupArn, Weight };
  });
  if (new Set(groups.map(({ TargetGroupArn }) => TargetGroupArn)).size < groups.length)
    throw refuse.invalid("A target group may be in a forward action only once");
  const { Enabled = false, DurationSeconds } = action.ForwardConfig?.TargetGroupStickinessConfig ?? {};
  if (Enabled && (!DurationSeconds || DurationSeconds < 1 || DurationSeconds > limits.stickySeconds))
    throw refuse.invalid(
      `Target group stickiness duration must be between 1 and ${limits.stickySeconds} seconds`,
    );
  return {
    Type: "forward",
    ...(TargetGroups.length === 1 && { TargetGroupArn: TargetGroups[0]?.TargetGroupArn }),
    ForwardConfig: {
      TargetGroups,
      TargetGroupStickinessConfig: { Enabled, ...(DurationSeconds !== undefined && { DurationSeconds }) },
    },
  };
}

/** The target groups that an action names. */
export function groupsOf(actions: readonly Action[] | undefined): readonly string[] {
  return (actions ?? []).flatMap(({ ForwardConfig }) =>
    (ForwardConfig?.TargetGroups ?? []).map(({ TargetGroupArn = "" }) => TargetGroupArn),
  );
}

/** What the listener does with a request. `actions` are normal ones. */
export function compileAction(state: State, [action]: readonly Action[]): RuleAction {
  const { ForwardConfig: config, FixedResponseConfig: fixed, RedirectConfig: to } = action ?? {};
  if (fixed)
    return {
      ...{ kind: "fixed", status: Number(fixed.StatusCode), body: fixed.MessageBody ?? "" },
      contentType: fixed.ContentType ?? "text/plain",
    };
  if (to)
    return {
      ...{ kind: "redirect", status: to.StatusCode === "HTTP_301" ? 301 : 302 },
      location: (request) => {
        const { protocol, host, port, path, query } = partsOf(request);
        const fill = (text = "") =>
          text
            .replaceAll("#{protocol}", protocol)
            .replaceAll("#{host}", host)
            .replaceAll("#{port}", port)
            .replaceAll("#{path}", path)
            .replaceAll("#{query}", query);
        const scheme = fill(to.Protocol).toLowerCase();
        const asked = fill(to.Query);
        return `${scheme}://${fill(to.Host)}:${fill(to.Port)}${fill(to.Path)}${asked === "" ? "" : `?${asked}`}`;
      },
    };
  const sticky = config?.TargetGroupStickinessConfig;
  return {
    kind: "forward",
    shares: (config?.TargetGroups ?? []).map(({ TargetGroupArn = "", Weight = 1 }) => ({
      ...{ name: TargetGroupArn, weight: Weight },
      group: state.group(TargetGroupArn).traffic,
    })),
    sticky: sticky?.Enabled ? sticky.DurationSeconds : undefined,
  };
}

function partsOf(request: IncomingMessage) {
  const url = new URL(request.url ?? "/", `http://${request.headers.host ?? "localhost"}`);
  return {
    ...{ protocol: "http", host: url.hostname, port: url.port || String(request.socket.localPort ?? 80) },
    ...{ path: url.pathname.slice(1), query: url.search.slice(1) },
  };
}
