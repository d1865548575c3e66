import { unlessAbsent } from "../../absent.ts";
import { resourceType } from "../../resourceType.ts";
import { text } from "../../schema/leaves.ts";

export const rolePolicyAttachment = resourceType({
  token: "aws:iam/rolePolicyAttachment:RolePolicyAttachment",
  title: "IAM Role Policy Attachment",
  properties: {
    role: { kind: text, required: true, forceNew: true },
    policyArn: { kind: text, required: true, forceNew: true },
  },
  outputs: [],
  global: true,
  operations: ({ iam }) => ({
    async create(inputs) {
      await iam.AttachRolePolicy({ RoleName: inputs.role, PolicyArn: inputs.policyArn });
      return `${inputs.role}/${inputs.policyArn}`;
    },

    async read(id) {
      const { RoleName, PolicyArn } = named(id);
      const answer = await unlessAbsent(/NoSuchEntity/, () => iam.ListAttachedRolePolicies({ RoleName }));
      const found = answer?.AttachedPolicies?.some((one) => one.PolicyArn === PolicyArn);
      return found ? { id, properties: { role: RoleName, policyArn: PolicyArn } } : undefined;
    },

    async delete(id) {
      await unlessAbsent(/NoSuchEntity/, () => iam.DetachRolePolicy(named(id)));
    },
  }),
});

/** `<role>/<policy's ARN>`, as an import names it. */
function named(id: string): { readonly RoleName: string; readonly PolicyArn: string } {
  const at = id.indexOf("/");
  return { RoleName: id.slice(0, at), PolicyArn: id.slice(at + 1) };
}
