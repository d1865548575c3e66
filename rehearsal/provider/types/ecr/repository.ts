import type {
  EncryptionType,
  ImageTagMutability,
  ImageTagMutabilityExclusionFilterType,
} from "@aws-sdk/client-ecr";
import { answered } from "../../answered.ts";
import { unlessAbsent } from "../../absent.ts";
import { resourceType } from "../../resourceType.ts";
import { block } from "../../schema/block.ts";
import { listOf } from "../../schema/collections.ts";
import { flag, text } from "../../schema/leaves.ts";
import { fromTagList, toTagList } from "../../tagLists.ts";

const encryption = block({
  encryptionType: { kind: text, default: "AES256", forceNew: true },
  kmsKey: { kind: text, computed: true, forceNew: true },
});
const exclusion = block({
  filter: { kind: text, required: true },
  filterType: { kind: text, required: true },
});

export const repository = resourceType({
  token: "aws:ecr/repository:Repository",
  title: "ECR Repository",
  properties: {
    name: { kind: text, required: true, forceNew: true },
    imageTagMutability: { kind: text, default: "MUTABLE" },
    imageTagMutabilityExclusionFilters: { kind: listOf(exclusion) },
    imageScanningConfiguration: {
      kind: block({ scanOnPush: { kind: flag, required: true } }),
      computed: true,
    },
    encryptionConfigurations: { kind: listOf(encryption), computed: true, forceNew: true },
    forceDelete: { kind: flag, local: true },
  },
  outputs: ["arn", "registryId", "repositoryUrl"],
  autoname: { longest: 256, lower: true },
  operations: ({ ecr }) => ({
    async create(inputs, tags) {
      const [encrypted] = inputs.encryptionConfigurations ?? [];
      const { repository: made } = await ecr.CreateRepository({
        repositoryName: inputs.name,
        ...mutability(inputs),
        imageScanningConfiguration: inputs.imageScanningConfiguration,
        ...(encrypted && {
          encryptionConfiguration: {
            encryptionType: encrypted.encryptionType as EncryptionType,
            ...(encrypted.kmsKey && { kmsKey: encrypted.kmsKey }),
          },
        }),
        ...(Object.keys(tags).length > 0 && { tags: toTagList(tags) }),
      });
      return answered(made?.repositoryName, "repositoryName");
    },

    async read(id) {
      const answer = await unlessAbsent(/NotFound/, () =>
        ecr.DescribeRepositories({ repositoryNames: [id] }),
      );
      const found = answer?.repositories?.[0];
      if (!found) return undefined;
      const { tags } = await ecr.ListTagsForResource({ resourceArn: found.repositoryArn });
      return {
        id,
        properties: {
          ...{ name: id, arn: found.repositoryArn, registryId: found.registryId },
          ...{ repositoryUrl: found.repositoryUri, imageTagMutability: found.imageTagMutability },
          imageTagMutabilityExclusionFilters: found.imageTagMutabilityExclusionFilters ?? [],
          imageScanningConfiguration: {
            scanOnPush: found.imageScanningConfiguration?.scanOnPush ?? false,
          },
          encryptionConfigurations: [
            {
              encryptionType: found.encryptionConfiguration?.encryptionType ?? "AES256",
              kmsKey: found.encryptionConfiguration?.kmsKey ?? "",
            },
          ],
          tags: fromTagList(tags),
        },
      };
    },

    async update({ id: repositoryName, inputs, changed }) {
      if (changed.has("imageTagMutability") || changed.has("imageTagMutabilityExclusionFilters"))
        await ecr.PutImageTagMutability({ repositoryName, ...mutability(inputs) });
      if (changed.has("imageScanningConfiguration"))
        await ecr.PutImageScanningConfiguration({
          repositoryName,
          imageScanningConfiguration: inputs.imageScanningConfiguration ?? { scanOnPush: false },
        });
    },

    async retag({ known }, { set, remove }) {
      const resourceArn = known["arn"] as string;
      if (remove.length > 0) await ecr.UntagResource({ resourceArn, tagKeys: [...remove] });
      if (Object.keys(set).length > 0) await ecr.TagResource({ resourceArn, tags: toTagList(set) });
    },

    async delete(id, known) {
      const force = known["forceDelete"] === true;
      await unlessAbsent(/RepositoryNotFound/, () => ecr.DeleteRepository({ repositoryName: id, force }));
    },
  }),
});

function mutability(inputs: {
  readonly imageTagMutability: string;
  readonly imageTagMutabilityExclusionFilters:
    readonly { readonly filter: string; readonly filterType: string }[] | undefined;
}) {
  const filters = inputs.imageTagMutabilityExclusionFilters ?? [];
  return {
    imageTagMutability: inputs.imageTagMutability as ImageTagMutability,
    ...(filters.length > 0 && {
      imageTagMutabilityExclusionFilters: filters.map(({ filter, filterType }) => ({
        ...{ filter, filterType: filterType as ImageTagMutabilityExclusionFilterType },
      })),
    }),
  };
}
