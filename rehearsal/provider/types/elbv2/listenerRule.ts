import { answered } from "../../answered.ts";
import { unlessAbsent } from "../../absent.ts";
import { resourceType } from "../../resourceType.ts";
import { count, text } from "../../schema/leaves.ts";
import { whileRefused } from "../../wait.ts";
import { actionList, fromActions, toActions } from "./actions.ts";
import { conditionSet, fromConditions, toConditions } from "./conditions.ts";
import { elbRetag, elbTagList, elbTags } from "./tagging.ts";

export const listenerRule = resourceType({
  token: "aws:lb/listenerRule:ListenerRule",
  title: "ELBv2 Listener Rule",
  properties: {
    listenerArn: { kind: text, required: true, forceNew: true },
    priority: { kind: count, computed: true },
    actions: { kind: actionList, required: true },
    conditions: { kind: conditionSet, required: true },
  },
  outputs: ["arn"],
  operations: (cloud) => {
    const { elbv2, ground } = cloud;
    return {
      async create(inputs, tags) {
        const create = (Priority: number) =>
          elbv2.CreateRule({
            ...{ ListenerArn: inputs.listenerArn, Priority },
            ...{ Actions: toActions(inputs.actions), Conditions: toConditions(inputs.conditions) },
            ...elbTagList(tags),
          });
        // A rule that is made at the same time may take what was free a moment ago.
        const { Rules } =
          inputs.priority === undefined
            ? await whileRefused(ground.clock, ["PriorityInUse"], async () =>
                create((await lastPriority(inputs.listenerArn)) + 1),
              )
            : await create(inputs.priority);
        return answered(Rules?.[0]?.RuleArn, "RuleArn");
      },

      async read(id) {
        const answer = await unlessAbsent(/NotFound/, () => elbv2.DescribeRules({ RuleArns: [id] }));
        const found = answer?.Rules?.[0];
        return (
          found && {
            id,
            properties: {
              ...{ arn: id, listenerArn: listenerOf(id), priority: Number(found.Priority) },
              actions: fromActions(found.Actions),
              conditions: fromConditions(found.Conditions),
              tags: await elbTags(cloud, id),
            },
          }
        );
      },

      async update({ id: RuleArn, inputs, changed }) {
        if (changed.has("priority") && inputs.priority !== undefined)
          await elbv2.SetRulePriorities({ RulePriorities: [{ RuleArn, Priority: inputs.priority }] });
        // What is left out stays: the actions may have another owner.
        if (changed.has("actions") || changed.has("conditions"))
          await elbv2.ModifyRule({
            RuleArn,
            ...(changed.has("actions") && { Actions: toActions(inputs.actions) }),
            ...(changed.has("conditions") && { Conditions: toConditions(inputs.conditions) }),
          });
      },

      retag: elbRetag(cloud),

      async delete(id) {
        await unlessAbsent(/NotFound/, () => elbv2.DeleteRule({ RuleArn: id }));
      },
    };

    async function lastPriority(ListenerArn: string): Promise<number> {
      const { Rules = [] } = await elbv2.DescribeRules({ ListenerArn });
      const taken = Rules.map(({ Priority }) => Number(Priority)).filter(Number.isFinite);
      return Math.max(0, ...taken);
    }
  },
});

/** `…:listener-rule/app/shop/1/2/3` -> `…:listener/app/shop/1/2` */
function listenerOf(rule: string): string {
  return rule.replace(":listener-rule/", ":listener/").replace(/\/[^/]*$/, "");
}
