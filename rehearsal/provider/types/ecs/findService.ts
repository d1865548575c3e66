import type { Service } from "@aws-sdk/client-ecs";
import { unlessAbsent } from "../../absent.ts";
import type { ProviderCloud } from "../../providerCloud.ts";
import type { Bag } from "../../resourceType.ts";

/** By the ARN that is its id, or by `<cluster>/<service>` as an import names it; undefined when it is gone. */
export async function findService(
  { ecs }: ProviderCloud,
  id: string,
  known: Bag,
): Promise<Service | undefined> {
  const named = id.startsWith("arn:")
    ? { cluster: known["cluster"] ?? clusterOf(id), service: id }
    : { cluster: id.split("/")[0], service: id.split("/")[1] };
  const answer = await unlessAbsent(/ClusterNotFound/, () =>
    ecs.DescribeServices({
      cluster: named.cluster as string,
      services: [named.service ?? ""],
      include: ["TAGS"],
    }),
  );
  return answer?.services?.find(({ status }) => status !== "INACTIVE");
}

/** `arn:aws:ecs:<region>:<account>:service/<cluster>/<service>` */
function clusterOf(arn: string): string | undefined {
  return arn.split(":").at(-1)?.split("/").at(-2);
}
