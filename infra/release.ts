/** The two tracks that a service stands on. */
export const colours = ["blue", "green"] as const;
export type Colour = (typeof colours)[number];

export function otherColour(colour: Colour): Colour {
  return colour === "blue" ? "green" : "blue";
}

/** A container beside the service's own, in the same task. */
export interface Sidecar {
  readonly name: string;
  /** Any image reference that ECS can pull. */
  readonly image: string;
  readonly command?: readonly string[];
  readonly environment: Readonly<Record<string, string>>;
  /** Variable name -> ARN of a Secrets Manager secret or an SSM parameter. */
  readonly secrets: Readonly<Record<string, string>>;
  readonly essential: boolean;
}

/** What configuration says of the next release: all of a release but its image. */
export interface ReleaseSettings {
  readonly environment: Readonly<Record<string, string>>;
  /** Variable name -> ARN of a Secrets Manager secret or an SSM parameter. */
  readonly secrets: Readonly<Record<string, string>>;
  /** CPU units of the task, 1024 a core. */
  readonly cpu: number;
  /** Memory of the task in MiB. */
  readonly memory: number;
  /** Overrides the image's own command. */
  readonly command?: readonly string[];
  /** The port that the container answers on. */
  readonly port: number;
  /** Seconds between SIGTERM and SIGKILL. */
  readonly stopTimeout: number;
  /** The path that the load balancer's health check asks. */
  readonly healthPath: string;
  readonly sidecars: readonly Sidecar[];
  readonly capacity: "FARGATE" | "FARGATE_SPOT";
}

/** One version of the service's image with its settings, before it is placed on a colour. */
export interface Release extends ReleaseSettings {
  /** The name it was asked by: `shop:1.1`. */
  readonly tag: string;
  /** Pinned: `<repository URI>@sha256:<64 hex>`. */
  readonly image: string;
}

/** A release and the revision that was registered for it, as AWS answered it. */
export interface Revision {
  readonly release: Release;
  /** ARN of the task definition. */
  readonly taskDefinition: string;
}

/** What stands on a colour. */
export interface Spec extends Revision {
  /** What it replaced in place, under traffic: ECS's circuit breaker and an undo go back to it, so it may start at any time. */
  readonly replaced?: Revision;
}

/** What the stack remembers: built from what resources answered, never from what was asked. */
export interface StackRecord {
  readonly blue: Spec | null;
  readonly green: Spec | null;
  /** The last five that were placed, newest first. */
  readonly recent: readonly Revision[];
}

/** What a deployment hands to the program: this on this colour, nothing else changed. */
export type Placement = { readonly colour: Colour } & (
  | {
      /** It gets a task definition of its own. */
      readonly release: Release;
      /** It replaces what stands there task by task, under traffic. */
      readonly inPlace?: true;
    }
  | {
      /** Something that stood there before, with the task definition that it had. */
      readonly spec: Spec;
    }
);
