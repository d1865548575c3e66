import type { ProviderCloud } from "./providerCloud.ts";
import type { Properties, Values } from "./schema/kinds.ts";

/** Properties as Pulumi writes them. */
export type Bag = Readonly<Record<string, unknown>>;

export type Tags = Readonly<Record<string, string>>;

/** One type of resource: its properties, and what AWS is asked for each of them. It keeps nothing. */
export interface ResourceType<P extends Properties = Properties> {
  /** `aws:ecs/cluster:Cluster` */
  readonly token: string;
  /** As the real provider's errors call it: `creating ECS Cluster (shop): …` */
  readonly title: string;
  readonly properties: P;
  /** Names of what AWS adds. */
  readonly outputs: readonly string[];
  /** Where the program may leave out `name`. */
  readonly autoname?: { readonly longest: number; readonly lower?: true };
  /** True where a property that forces a new resource can, with these inputs, be changed all the same. */
  readonly canUpdate?: (property: string, inputs: Bag) => boolean;
  /** AWS would take the new one for the old one. */
  readonly deleteBeforeReplace?: true;
  /** IAM is the same in all regions; all else has the property `region`. */
  readonly global?: true;
  readonly operations: (cloud: ProviderCloud) => Operations<Values<P>>;
}

/** What exists: its id, and its properties as AWS has them. `tags` are all of them. */
export interface Found {
  readonly id: string;
  readonly properties: Bag;
}

/** An update of one resource. */
export interface Change<Inputs> {
  readonly id: string;
  /** Outputs as the engine recorded them. */
  readonly known: Bag;
  readonly inputs: Inputs;
  /** Names of properties that differ from what AWS has. Only these may be written: others may belong to someone else. */
  readonly changed: ReadonlySet<string>;
}

export interface Operations<Inputs> {
  /** Creates it and answers its id. Tags are all: the program's and the provider's. */
  create(inputs: Inputs, tags: Tags): Promise<string>;
  /** What comes after the creation. A failure leaves the resource in the state, to be updated by the next run. */
  finish?(id: string, inputs: Inputs): Promise<void>;
  /** Looks it up by its id, or by the id of an import; `known` are recorded outputs, none at an import. */
  read(id: string, known: Bag): Promise<Found | undefined>;
  /** Left out where every change replaces. */
  update?(change: Change<Inputs>): Promise<void>;
  /** Left out where the type has no tags. */
  retag?(found: { readonly id: string; readonly known: Bag }, tags: TagChange): Promise<void>;
  delete(id: string, known: Bag): Promise<void>;
}

export interface TagChange {
  readonly set: Tags;
  readonly remove: readonly string[];
}

/** Declares a type; the operations' inputs are typed by the properties. */
export function resourceType<const P extends Properties>(declaration: ResourceType<P>): ResourceType {
  return declaration;
}
