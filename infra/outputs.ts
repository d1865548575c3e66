import type { Colour, ReleaseSettings, StackRecord } from "./release.ts";

/** A question that a release must answer before it gets traffic. */
export interface SmokeQuestion {
  readonly path: string;
  readonly method?: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string;
  /** The status that is the right answer. Default 200. */
  readonly status?: number;
  /** Words that the answer's body must contain. */
  readonly contains?: string;
  /** Milliseconds that the whole answer may take. Default 2000. */
  readonly within?: number;
  /** Asked only after the migration. */
  readonly needsMigration?: boolean;
}

/** A one-off task of the staged task definition, run before traffic moves. */
export interface Migration {
  readonly command: readonly string[];
  /** True: the release before it also runs on the schema after it (expand, not contract), so an undo is safe. */
  readonly compatible: boolean;
}

/** How a release is moved, from the configuration that was last applied. */
export interface DeploymentSettings {
  readonly engine: "blue-green" | "rolling";
  readonly shift: "all-at-once" | "canary" | "linear";
  /** Percent of a canary's first shift, or of each linear one. */
  readonly shiftPercent: number;
  /** Seconds between a canary's or linear's shifts. */
  readonly shiftInterval: number;
  /** Seconds that the new release is watched after the last shift. */
  readonly bake: number;
  /** Seconds that the old colour stays warm after a deployment, ready for an undo. */
  readonly undoWindow: number;
  /** Seconds that the staged colour has to become healthy. */
  readonly healthyWithin: number;
  readonly smoke: readonly SmokeQuestion[];
  /** The response header that names the release; without it the task behind the target proves it. */
  readonly releaseHeader?: string;
  readonly migration?: Migration;
  /** Seconds that a migration may take. */
  readonly migrationWithin: number;
  /** Tasks of a first deployment, when no colour runs any. */
  readonly initialCount: number;
}

/** One colour's resources. */
export interface ColourOutputs {
  /** Name of the ECS service. */
  readonly service: string;
  /** ARN. */
  readonly targetGroup: string;
  /** Application Auto Scaling's resource id: `service/<cluster>/<service>`. */
  readonly scalableTarget: string;
  readonly taskDefinitionFamily: string;
  readonly logGroup: string;
  /** ARN of the revision that was registered last. It stands on the colour where the record says so. */
  readonly registered: string;
  /** Pulumi URNs of the resources that a deployment to this colour updates: those that a task starts from, and the service. */
  readonly urns: { readonly release: readonly string[]; readonly service: string };
}

/** The stack's outputs: everything that the service needs of it. */
export interface Outputs {
  readonly region: string;
  /** ARN. */
  readonly cluster: string;
  /** URI without a tag. */
  readonly repository: string;
  readonly loadBalancer: {
    readonly arn: string;
    readonly dnsName: string;
    /** What customers open: scheme, host, port where it is not the scheme's own. */
    readonly url: string;
    /** Where the test listener answers. */
    readonly testUrl: string;
  };
  /** The Host that customers ask for, and so the smoke questions. */
  readonly host: string;
  /** ARNs of the rules whose weights the service writes. */
  readonly productionRule: string;
  readonly testRule: string;
  /** Seconds. */
  readonly deregistrationDelay: number;
  readonly containerName: string;
  readonly subnets: readonly string[];
  readonly securityGroups: readonly string[];
  readonly assignPublicIp: boolean;
  readonly colours: Readonly<Record<Colour, ColourOutputs>>;
  /** Configuration of the next release. */
  readonly next: ReleaseSettings;
  readonly deployment: DeploymentSettings;
  readonly record: StackRecord;
  /** What made this state: the program's version (package.json), @pulumi/aws's, and a digest of the configuration. */
  readonly versions: { readonly program: string; readonly aws: string; readonly configuration: string };
}
