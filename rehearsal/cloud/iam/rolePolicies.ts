import type * as sdk from "@aws-sdk/client-iam";
import type { Operations } from "../operations.ts";
import { atOnce } from "../atOnce.ts";
import { AwsError } from "../awsError.ts";
import { required } from "../parameters.ts";
import { encoded, policyDocument } from "./policyDocument.ts";
import type { Roles } from "./roles.ts";

type PolicyOperations = Operations<
  typeof sdk,
  | "PutRolePolicy"
  | "GetRolePolicy"
  | "DeleteRolePolicy"
  | "ListRolePolicies"
  | "AttachRolePolicy"
  | "DetachRolePolicy"
  | "ListAttachedRolePolicies"
>;

/** A role's inline and attached policies. */
export function rolePolicies(roles: Roles): PolicyOperations {
  return atOnce<PolicyOperations>({
    PutRolePolicy({ RoleName, PolicyName, PolicyDocument }) {
      roles
        .find(RoleName)
        .policies.set(
          required(PolicyName, "PolicyName", "ValidationError"),
          policyDocument(required(PolicyDocument, "PolicyDocument", "ValidationError")),
        );
      return {};
    },

    GetRolePolicy({ RoleName, PolicyName }) {
      const role = roles.find(RoleName);
      const document = role.policies.get(PolicyName ?? "");
      if (document === undefined) throw noPolicy(PolicyName);
      return { RoleName: role.name, PolicyName, PolicyDocument: encoded(document) };
    },

    DeleteRolePolicy({ RoleName, PolicyName }) {
      if (!roles.find(RoleName).policies.delete(PolicyName ?? "")) throw noPolicy(PolicyName);
      return {};
    },

    ListRolePolicies: ({ RoleName }) => ({
      PolicyNames: [...roles.find(RoleName).policies.keys()],
      IsTruncated: false,
    }),

    AttachRolePolicy({ RoleName, PolicyArn }) {
      const arn = required(PolicyArn, "PolicyArn", "ValidationError");
      if (!/^arn:aws:iam::(aws|\d{12}):policy\/./.test(arn))
        throw new AwsError("InvalidInputException", `ARN ${arn} is not valid.`);
      // Only AWS's own policies are there: nothing here makes another.
      if (!arn.startsWith("arn:aws:iam::aws:policy/"))
        throw new AwsError(
          "NoSuchEntityException",
          `Policy ${arn} does not exist or is not attachable.`,
          404,
        );
      roles.find(RoleName).attached.add(arn);
      return {};
    },

    DetachRolePolicy({ RoleName, PolicyArn }) {
      if (!roles.find(RoleName).attached.delete(PolicyArn ?? ""))
        throw new AwsError("NoSuchEntityException", `Policy ${PolicyArn} was not found.`, 404);
      return {};
    },

    ListAttachedRolePolicies: ({ RoleName }) => ({
      AttachedPolicies: [...roles.find(RoleName).attached].map((PolicyArn) => ({
        ...{ PolicyArn, PolicyName: PolicyArn.slice(PolicyArn.lastIndexOf("/") + 1) },
      })),
      IsTruncated: false,
    }),
  });
}

function noPolicy(name: string | undefined): AwsError {
  return new AwsError("NoSuchEntityException", `The role policy with name ${name} cannot be found.`, 404);
}
