import type { ComputePlatform } from "@aws-sdk/client-codedeploy";
import { unlessAbsent } from "../../absent.ts";
import { answered } from "../../answered.ts";
import { resourceType } from "../../resourceType.ts";
import { text } from "../../schema/leaves.ts";
import { toTagList } from "../../tagLists.ts";
import { arnOf, retagByArn, tagsAt } from "./tagging.ts";

/** Its id is `<application's id>:<name>`; an import names it by its name. */
export const application = resourceType({
  token: "aws:codedeploy/application:Application",
  title: "CodeDeploy Application",
  properties: {
    name: { kind: text, required: true, forceNew: true },
    computePlatform: { kind: text, default: "Server", forceNew: true },
  },
  outputs: ["arn", "applicationId", "linkedToGithub"],
  autoname: { longest: 100 },
  operations: (cloud) => ({
    async create(inputs, tags) {
      const { applicationId } = await cloud.codedeploy.CreateApplication({
        applicationName: inputs.name,
        computePlatform: inputs.computePlatform as ComputePlatform,
        tags: toTagList(tags),
      });
      return `${answered(applicationId, "applicationId")}:${inputs.name}`;
    },

    async read(id) {
      const applicationName = nameIn(id);
      const answer = await unlessAbsent(/ApplicationDoesNotExist/, () =>
        cloud.codedeploy.GetApplication({ applicationName }),
      );
      const found = answer?.application;
      if (!found) return undefined;
      const arn = arnOf(cloud, "application", applicationName);
      return {
        id: `${found.applicationId}:${applicationName}`,
        properties: {
          ...{ arn, name: applicationName, applicationId: found.applicationId },
          ...{ computePlatform: found.computePlatform, linkedToGithub: found.linkedToGitHub ?? false },
          tags: await tagsAt(cloud, arn),
        },
      };
    },

    retag: retagByArn(cloud),

    async delete(id) {
      await cloud.codedeploy.DeleteApplication({ applicationName: nameIn(id) });
    },
  }),
});

function nameIn(id: string): string {
  return id.slice(id.indexOf(":") + 1);
}
