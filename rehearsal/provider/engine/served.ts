import type { Properties } from "../schema/kinds.ts";
import { textMap } from "../schema/collections.ts";
import { text } from "../schema/leaves.ts";
import type { ProviderCloud } from "../providerCloud.ts";
import type { Operations, ResourceType } from "../resourceType.ts";

/** A type with the cloud that it is served from. */
export interface Served {
  readonly type: ResourceType;
  readonly operations: Operations<never>;
  /** Its own, and those that every type of the provider has. */
  readonly properties: Properties;
  /** The same without the tags, which are compared together with the provider's own. */
  readonly comparable: Properties;
  readonly isTagged: boolean;
  readonly region: string;
}

export function serve(type: ResourceType, cloud: ProviderCloud): Served {
  const operations = type.operations(cloud);
  const isTagged = operations.retag !== undefined;
  const comparable: Properties = {
    ...type.properties,
    ...(!type.global && { region: { kind: text, computed: true, forceNew: true } }),
  };
  return {
    ...{ type, operations, isTagged, comparable, region: cloud.ground.identity.region },
    properties: { ...comparable, ...(isTagged && { tags: { kind: textMap } }) },
  };
}
