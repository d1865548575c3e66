import { unlessAbsent } from "../../absent.ts";
import { resourceType } from "../../resourceType.ts";
import { text } from "../../schema/leaves.ts";
import { decoded, policy } from "./policies.ts";

export const rolePolicy = resourceType({
  token: "aws:iam/rolePolicy:RolePolicy",
  title: "IAM Role Policy",
  properties: {
    name: { kind: text, required: true, forceNew: true },
    role: { kind: text, required: true, forceNew: true },
    policy: { kind: policy, required: true },
  },
  outputs: [],
  autoname: { longest: 128 },
  global: true,
  operations: ({ iam }) => {
    const put = (inputs: { readonly role: string; readonly name: string; readonly policy: string }) =>
      iam.PutRolePolicy({ RoleName: inputs.role, PolicyName: inputs.name, PolicyDocument: inputs.policy });
    return {
      async create(inputs) {
        await put(inputs);
        return `${inputs.role}:${inputs.name}`;
      },

      async read(id) {
        const { RoleName, PolicyName } = named(id);
        const found = await unlessAbsent(/NoSuchEntity/, () => iam.GetRolePolicy({ RoleName, PolicyName }));
        return (
          found && {
            id,
            properties: { role: RoleName, name: PolicyName, policy: decoded(found.PolicyDocument) },
          }
        );
      },

      async update({ inputs }) {
        await put(inputs);
      },

      async delete(id) {
        await unlessAbsent(/NoSuchEntity/, () => iam.DeleteRolePolicy(named(id)));
      },
    };
  },
});

/** `<role>:<policy>` */
function named(id: string): { readonly RoleName: string; readonly PolicyName: string } {
  const [RoleName = "", PolicyName = ""] = id.split(":");
  return { RoleName, PolicyName };
}
