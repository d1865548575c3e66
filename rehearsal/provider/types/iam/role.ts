import { answered } from "../../answered.ts";
import { unlessAbsent } from "../../absent.ts";
import type { ProviderCloud } from "../../providerCloud.ts";
import { resourceType } from "../../resourceType.ts";
import { block } from "../../schema/block.ts";
import { setOf } from "../../schema/collections.ts";
import { count, flag, text } from "../../schema/leaves.ts";
import { fromTagList, toTagList } from "../../tagLists.ts";
import { whileRefused } from "../../wait.ts";
import { decoded, policy } from "./policies.ts";

interface InlinePolicy {
  readonly name: string | undefined;
  readonly policy: string | undefined;
}

export const role = resourceType({
  token: "aws:iam/role:Role",
  title: "IAM Role",
  properties: {
    name: { kind: text, required: true, forceNew: true },
    assumeRolePolicy: { kind: policy, required: true },
    description: { kind: text },
    path: { kind: text, default: "/", forceNew: true },
    maxSessionDuration: { kind: count, default: 3600 },
    permissionsBoundary: { kind: text },
    managedPolicyArns: { kind: setOf(text), computed: true },
    inlinePolicies: {
      kind: setOf(block({ name: { kind: text }, policy: { kind: policy } })),
      computed: true,
    },
    forceDetachPolicies: { kind: flag, default: false, local: true },
  },
  outputs: ["arn", "createDate", "uniqueId"],
  autoname: { longest: 64 },
  global: true,
  operations: (cloud) => ({
    async create(inputs, tags) {
      const { Role } = await cloud.iam.CreateRole({
        ...{ RoleName: inputs.name, Path: inputs.path, Description: inputs.description },
        AssumeRolePolicyDocument: inputs.assumeRolePolicy,
        MaxSessionDuration: inputs.maxSessionDuration,
        PermissionsBoundary: inputs.permissionsBoundary,
        ...(Object.keys(tags).length > 0 && { Tags: toTagList(tags) }),
      });
      const name = answered(Role?.RoleName, "RoleName");
      await attach(cloud, name, inputs.managedPolicyArns ?? []);
      await inline(cloud, name, inputs.inlinePolicies ?? []);
      return name;
    },

    async read(id) {
      const answer = await unlessAbsent(/NoSuchEntity/, () => cloud.iam.GetRole({ RoleName: id }));
      const found = answer?.Role;
      return (
        found && {
          id,
          properties: {
            ...{ name: found.RoleName, arn: found.Arn, path: found.Path, uniqueId: found.RoleId },
            ...{ createDate: found.CreateDate, description: found.Description ?? "" },
            assumeRolePolicy: decoded(found.AssumeRolePolicyDocument),
            maxSessionDuration: found.MaxSessionDuration,
            permissionsBoundary: found.PermissionsBoundary?.PermissionsBoundaryArn ?? "",
            managedPolicyArns: await attached(cloud, id),
            inlinePolicies: await inlined(cloud, id),
            tags: fromTagList(found.Tags),
          },
        }
      );
    },

    async update({ id: RoleName, inputs, changed }) {
      const { iam } = cloud;
      if (changed.has("assumeRolePolicy"))
        await iam.UpdateAssumeRolePolicy({ RoleName, PolicyDocument: inputs.assumeRolePolicy });
      if (changed.has("description") || changed.has("maxSessionDuration"))
        await iam.UpdateRole({
          ...{ RoleName, Description: inputs.description, MaxSessionDuration: inputs.maxSessionDuration },
        });
      if (changed.has("permissionsBoundary"))
        await (inputs.permissionsBoundary
          ? iam.PutRolePermissionsBoundary({ RoleName, PermissionsBoundary: inputs.permissionsBoundary })
          : iam.DeleteRolePermissionsBoundary({ RoleName }));
      if (changed.has("managedPolicyArns")) {
        const wanted = inputs.managedPolicyArns ?? [];
        await detach(
          cloud,
          RoleName,
          (await attached(cloud, RoleName)).filter((arn) => !wanted.includes(arn)),
        );
        await attach(cloud, RoleName, wanted);
      }
      if (changed.has("inlinePolicies")) {
        const wanted = inputs.inlinePolicies ?? [];
        const isWanted = (name: string) => wanted.some((one) => one.name === name);
        for (const { name } of await inlined(cloud, RoleName))
          if (!isWanted(name)) await iam.DeleteRolePolicy({ RoleName, PolicyName: name });
        await inline(cloud, RoleName, wanted);
      }
    },

    async retag({ id: RoleName }, { set, remove }) {
      if (remove.length > 0) await cloud.iam.UntagRole({ RoleName, TagKeys: [...remove] });
      if (Object.keys(set).length > 0) await cloud.iam.TagRole({ RoleName, Tags: toTagList(set) });
    },

    async delete(id, known) {
      const force = known["forceDetachPolicies"] === true;
      const managed = force ? await attached(cloud, id) : [];
      await detach(cloud, id, managed);
      if (force)
        for (const { name } of await inlined(cloud, id))
          await cloud.iam.DeleteRolePolicy({ RoleName: id, PolicyName: name });
      // Its policies may be resources that are deleted at the same time.
      await whileRefused(cloud.ground.clock, ["DeleteConflictException", "DeleteConflict"], () =>
        unlessAbsent(/NoSuchEntity/, () => cloud.iam.DeleteRole({ RoleName: id })),
      );
    },
  }),
});

async function attached({ iam }: ProviderCloud, RoleName: string): Promise<readonly string[]> {
  const { AttachedPolicies = [] } = await iam.ListAttachedRolePolicies({ RoleName });
  return AttachedPolicies.map(({ PolicyArn = "" }) => PolicyArn).sort();
}

async function inlined({ iam }: ProviderCloud, RoleName: string) {
  const { PolicyNames = [] } = await iam.ListRolePolicies({ RoleName });
  return Promise.all(
    PolicyNames.sort().map(async (name) => {
      const { PolicyDocument } = await iam.GetRolePolicy({ RoleName, PolicyName: name });
      return { name, policy: decoded(PolicyDocument) };
    }),
  );
}

async function attach({ iam }: ProviderCloud, RoleName: string, arns: readonly string[]): Promise<void> {
  for (const PolicyArn of arns) await iam.AttachRolePolicy({ RoleName, PolicyArn });
}

async function detach({ iam }: ProviderCloud, RoleName: string, arns: readonly string[]): Promise<void> {
  for (const PolicyArn of arns) await iam.DetachRolePolicy({ RoleName, PolicyArn });
}

async function inline({ iam }: ProviderCloud, RoleName: string, policies: readonly InlinePolicy[]) {
  for (const { name: PolicyName, policy: PolicyDocument } of policies)
    await iam.PutRolePolicy({ RoleName, PolicyName, PolicyDocument });
}
