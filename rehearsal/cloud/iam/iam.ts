import type * as sdk from "@aws-sdk/client-iam";
import type { Ground } from "../cloud.ts";
import type { Operations } from "../operations.ts";
import { atOnce } from "../atOnce.ts";
import { AwsError } from "../awsError.ts";
import { page } from "../paging.ts";
import { only, required } from "../parameters.ts";
import { encoded, policyDocument } from "./policyDocument.ts";
import { type Role, roleId, Roles } from "./roles.ts";
import { rolePolicies } from "./rolePolicies.ts";

/** IAM's roles. Permissions are kept, not enforced. Documents come back URL-encoded, as from IAM. */
export type Iam = RoleOperations & ReturnType<typeof rolePolicies>;

type RoleOperations = Operations<
  typeof sdk,
  | "CreateRole"
  | "GetRole"
  | "ListRoles"
  | "DeleteRole"
  | "UpdateRole"
  | "UpdateAssumeRolePolicy"
  | "PutRolePermissionsBoundary"
  | "DeleteRolePermissionsBoundary"
  | "TagRole"
  | "UntagRole"
  | "ListRoleTags"
  | "ListInstanceProfilesForRole"
>;

export function createIam({ identity, clock }: Ground): Iam {
  const roles = new Roles(identity.account);
  let made = 0;

  const operations = atOnce<RoleOperations>({
    CreateRole(input) {
      only("CreateRole", input, [
        ...(["Path", "RoleName", "AssumeRolePolicyDocument", "Description", "MaxSessionDuration"] as const),
        ...(["PermissionsBoundary", "Tags"] as const),
      ]);
      const name = required(input.RoleName, "RoleName", "ValidationError");
      if (!/^[\w+=,.@-]{1,64}$/.test(name))
        throw new AwsError(
          "ValidationError",
          "The specified value for roleName is invalid. It must contain only alphanumeric characters and/or the following: +=,.@_-",
        );
      const path = input.Path ?? "/";
      const arn = roles.arn(path, name);
      const created = clock.now();
      made += 1;
      const role: Role = {
        ...{ name, path, arn, created, id: roleId(arn, created, made) },
        trust: policyDocument(
          required(input.AssumeRolePolicyDocument, "AssumeRolePolicyDocument", "ValidationError"),
        ),
        description: input.Description,
        maxSessionDuration: input.MaxSessionDuration ?? 3600,
        permissionsBoundary: input.PermissionsBoundary,
        tags: tagMap(input.Tags),
        ...{ policies: new Map(), attached: new Set() },
      };
      roles.add(role);
      return { Role: described(role) };
    },

    GetRole: ({ RoleName }) => ({ Role: described(roles.find(RoleName)) }),

    ListRoles(input) {
      const found = roles.all().filter(({ path }) => path.startsWith(input.PathPrefix ?? "/"));
      const { items, next } = page(found, {
        size: input.MaxItems ?? 100,
        token: input.Marker,
        refuse: () => new AwsError("ValidationError", "Invalid Marker."),
      });
      return { Roles: items.map(described), IsTruncated: next !== undefined, Marker: next };
    },

    DeleteRole({ RoleName }) {
      roles.delete(RoleName);
      return {};
    },

    UpdateRole({ RoleName, Description, MaxSessionDuration }) {
      const role = roles.find(RoleName);
      // Without a description AWS removes the former one, and the duration falls back.
      role.description = Description === "" ? undefined : Description;
      role.maxSessionDuration = MaxSessionDuration ?? 3600;
      return {};
    },

    UpdateAssumeRolePolicy({ RoleName, PolicyDocument }) {
      roles.find(RoleName).trust = policyDocument(required(PolicyDocument, "PolicyDocument"));
      return {};
    },

    PutRolePermissionsBoundary({ RoleName, PermissionsBoundary }) {
      roles.find(RoleName).permissionsBoundary = required(PermissionsBoundary, "PermissionsBoundary");
      return {};
    },

    DeleteRolePermissionsBoundary({ RoleName }) {
      roles.find(RoleName).permissionsBoundary = undefined;
      return {};
    },

    TagRole({ RoleName, Tags }) {
      const role = roles.find(RoleName);
      for (const [key, value] of tagMap(Tags)) role.tags.set(key, value);
      return {};
    },

    UntagRole({ RoleName, TagKeys }) {
      const role = roles.find(RoleName);
      for (const key of TagKeys ?? []) role.tags.delete(key);
      return {};
    },

    ListRoleTags: ({ RoleName }) => ({ Tags: tagList(roles.find(RoleName)), IsTruncated: false }),

    // A rehearsal has no instances, so no profiles; a deletion asks all the same.
    ListInstanceProfilesForRole({ RoleName }) {
      roles.find(RoleName);
      return { InstanceProfiles: [], IsTruncated: false };
    },
  });
  return { ...operations, ...rolePolicies(roles) };
}

function described(role: Role): sdk.Role {
  return {
    ...{ Path: role.path, RoleName: role.name, RoleId: role.id, Arn: role.arn, CreateDate: role.created },
    AssumeRolePolicyDocument: encoded(role.trust),
    MaxSessionDuration: role.maxSessionDuration,
    ...(role.description !== undefined && { Description: role.description }),
    ...(role.permissionsBoundary !== undefined && {
      PermissionsBoundary: {
        PermissionsBoundaryType: "PermissionsBoundaryPolicy",
        PermissionsBoundaryArn: role.permissionsBoundary,
      },
    }),
    ...(role.tags.size > 0 && { Tags: tagList(role) }),
  };
}

function tagMap(tags: readonly sdk.Tag[] = []): Map<string, string> {
  return new Map(tags.map(({ Key, Value }) => [required(Key, "Key"), Value ?? ""]));
}

function tagList({ tags }: Role): sdk.Tag[] {
  return [...tags].map(([Key, Value]) => ({ Key, Value }));
}
