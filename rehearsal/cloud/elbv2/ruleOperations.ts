import type * as sdk from "@aws-sdk/client-elastic-load-balancing-v2";
import type { AtOnce } from "../atOnce.ts";
import { AwsError } from "../awsError.ts";
import type { Operations } from "../operations.ts";
import { page } from "../paging.ts";
import { only } from "../parameters.ts";
import { normalActions } from "./actions.ts";
import { normalConditions } from "./conditions.ts";
import { ruleArn } from "./listenerOperations.ts";
import { refuse, required } from "./refusals.ts";
import type { Listener, State } from "./state.ts";
import { tag } from "./tagOperations.ts";
import { putInForce } from "./wiring.ts";

export type RuleOperations = Operations<
  typeof sdk,
  "CreateRule" | "DescribeRules" | "ModifyRule" | "SetRulePriorities" | "DeleteRule"
>;

export function ruleOperations(state: State): AtOnce<RuleOperations> {
  return {
    CreateRule(input) {
      only("CreateRule", input, ["ListenerArn", "Conditions", "Priority", "Actions", "Tags"]);
      const listener = state.listener(input.ListenerArn);
      const priority = required(input.Priority, "priority");
      if (!Number.isInteger(priority) || priority < 1 || priority > 50_000)
        throw refuse.invalid(`Priority '${priority}' must be between 1 and 50000`);
      const Conditions = normalConditions(required(input.Conditions, "conditions"));
      if (Conditions.length === 0) throw refuse.invalid("A rule must have at least one condition");
      const Actions = normalActions(state, input.Actions);
      if (listener.rules.some(({ Priority }) => Priority === String(priority)))
        throw new AwsError("PriorityInUse", `Priority '${priority}' is currently in use`);
      const rule: sdk.Rule = {
        ...{
          RuleArn: ruleArn(state, listener.arn),
          Priority: String(priority),
          Conditions,
          Actions,
          IsDefault: false,
        },
      };
      listener.rules = inOrder([...listener.rules, rule]);
      tag(state, rule.RuleArn ?? "", input.Tags);
      putInForce(state, listener);
      return { Rules: [structuredClone(rule)] };
    },

    DescribeRules(input) {
      only("DescribeRules", input, ["ListenerArn", "RuleArns", "Marker", "PageSize"]);
      if (input.ListenerArn === undefined && !input.RuleArns?.length)
        throw refuse.invalid("You must specify either listener rule ARNs or a listener ARN");
      const found =
        input.ListenerArn === undefined
          ? (input.RuleArns ?? []).map((arn) => state.rule(arn).rule)
          : state.listener(input.ListenerArn).rules;
      const { items, next } = page(found, {
        ...{ size: input.PageSize, token: input.Marker },
        refuse: () => refuse.invalid("Marker is not valid"),
      });
      return { Rules: structuredClone(items), ...(next && { NextMarker: next }) };
    },

    ModifyRule(input) {
      only("ModifyRule", input, ["RuleArn", "Conditions", "Actions"]);
      const { listener, rule } = state.rule(input.RuleArn);
      if (rule.IsDefault) throw refuse.notPermitted(`Default rule '${rule.RuleArn}' cannot be modified`);
      const next: sdk.Rule = {
        ...rule,
        ...(input.Conditions && { Conditions: normalConditions(input.Conditions) }),
        ...(input.Actions && { Actions: normalActions(state, input.Actions) }),
      };
      replace(listener, next);
      putInForce(state, listener);
      return { Rules: [structuredClone(next)] };
    },

    SetRulePriorities(input) {
      only("SetRulePriorities", input, ["RulePriorities"]);
      const wanted = required(input.RulePriorities, "rulePriorities").map(({ RuleArn, Priority }) => ({
        ...{ found: state.rule(RuleArn), priority: String(required(Priority, "priority")) },
      }));
      for (const { found, priority } of wanted) {
        if (found.rule.IsDefault)
          throw refuse.notPermitted(`Default rule '${found.rule.RuleArn}' cannot be modified`);
        const others = found.listener.rules.filter(
          ({ RuleArn }) => !wanted.some(({ found: { rule } }) => rule.RuleArn === RuleArn),
        );
        if (others.some(({ Priority }) => Priority === priority))
          throw new AwsError("PriorityInUse", `Priority '${priority}' is currently in use`);
      }
      for (const { found, priority } of wanted) {
        replace(found.listener, { ...found.rule, Priority: priority });
        putInForce(state, found.listener);
      }
      return { Rules: wanted.map(({ found }) => structuredClone(state.rule(found.rule.RuleArn).rule)) };
    },

    DeleteRule(input) {
      only("DeleteRule", input, ["RuleArn"]);
      const { listener, rule } = state.rule(input.RuleArn);
      if (rule.IsDefault) throw refuse.notPermitted(`Default rule '${rule.RuleArn}' cannot be deleted`);
      listener.rules = listener.rules.filter((other) => other !== rule);
      state.tags.delete(rule.RuleArn ?? "");
      putInForce(state, listener);
      return {};
    },
  };
}

function replace(listener: Listener, next: sdk.Rule): void {
  listener.rules = inOrder(listener.rules.map((rule) => (rule.RuleArn === next.RuleArn ? next : rule)));
}

function inOrder(rules: readonly sdk.Rule[]): readonly sdk.Rule[] {
  const rank = ({ Priority }: sdk.Rule) => (Priority === "default" ? Infinity : Number(Priority));
  return rules.toSorted((one, other) => rank(one) - rank(other));
}
