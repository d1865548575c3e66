import { isDeepStrictEqual } from "node:util";
import { unlessAbsent } from "../../absent.ts";
import { resourceType } from "../../resourceType.ts";
import { json, text } from "../../schema/leaves.ts";

export const lifecyclePolicy = resourceType({
  token: "aws:ecr/lifecyclePolicy:LifecyclePolicy",
  title: "ECR Lifecycle Policy",
  properties: {
    repository: { kind: text, required: true, forceNew: true },
    policy: { kind: json(isDeepStrictEqual), required: true, forceNew: true },
  },
  outputs: ["registryId"],
  // A repository has one.
  deleteBeforeReplace: true,
  operations: ({ ecr }) => ({
    async create(inputs) {
      await ecr.PutLifecyclePolicy({
        ...{ repositoryName: inputs.repository, lifecyclePolicyText: inputs.policy },
      });
      return inputs.repository;
    },

    async read(id) {
      const found = await unlessAbsent(/NotFound/, () => ecr.GetLifecyclePolicy({ repositoryName: id }));
      return (
        found && {
          id,
          properties: {
            ...{ repository: id, policy: found.lifecyclePolicyText, registryId: found.registryId },
          },
        }
      );
    },

    async delete(id) {
      await unlessAbsent(/NotFound/, () => ecr.DeleteLifecyclePolicy({ repositoryName: id }));
    },
  }),
});
