import type { Configuration } from "./configuration.ts";
import { nextRelease } from "./configuration.ts";
import type { Colour, Placement, Release, Revision, Spec, StackRecord } from "./release.ts";
import { releaseHash } from "./releaseHash.ts";

/** What stands on a colour in this update. */
export interface Standing {
  readonly release: Release;
  /** The spec that the record has for this colour, or gets back with this update; null where no release was ever placed. */
  readonly recorded: Spec | null;
  /** What the release replaces, or replaced, in place. */
  readonly replaced: Revision | undefined;
  /** True where this update puts the release on the colour. */
  readonly placing: boolean;
  /** Tasks at the service's creation; later the count belongs to the service and autoscaling. */
  readonly initialCount: number;
}

/**
 * Decides what stands on a colour: the placement's release, else what the record has, and configuration only on the very
 * first update, when there is no record (blue gets it; green waits at zero).
 */
export function standing(
  colour: Colour,
  known: {
    readonly configuration: Configuration;
    readonly placement: Placement | undefined;
    readonly record: StackRecord | undefined;
    /** The configured image, pinned; undefined while the registry has none. */
    readonly firstImage: string | undefined;
  },
): Standing {
  const { configuration, placement, record, firstImage } = known;
  const recorded = record?.[colour] ?? null;
  const idle = { placing: false, recorded, replaced: undefined, initialCount: 0 };
  const placed = placement?.colour === colour ? placement : undefined;
  if (placed && "release" in placed) {
    const replaced = placed.inPlace && recorded ? replacedBy(placed.release, recorded) : undefined;
    return { ...idle, release: placed.release, placing: true, replaced };
  }
  const stands = placed?.spec ?? recorded;
  if (stands) return { ...idle, recorded: stands, release: stands.release, replaced: stands.replaced };

  if (!record && colour === "blue" && firstImage && configuration.image) {
    const release = { ...nextRelease(configuration), tag: configuration.image, image: firstImage };
    return { ...idle, release, placing: true, initialCount: configuration.initialCount };
  }
  return { ...idle, release: placeholder(configuration) };
}

/** Placed a second time, by a process that took the run up, it still replaces what it replaced the first time. */
function replacedBy(release: Release, { replaced, ...recorded }: Spec): Revision | undefined {
  return releaseHash(recorded.release) === releaseHash(release) ? replaced : recorded;
}

/** At zero, with an image that nobody pulls. Fixed, so that no key of the next release changes a colour that has none yet. */
function placeholder({ name }: Configuration): Release {
  return {
    tag: `${name}:none`,
    image: `${name}:none`,
    environment: {},
    secrets: {},
    cpu: 256,
    memory: 512,
    port: 8080,
    stopTimeout: 30,
    healthPath: "/",
    sidecars: [],
    capacity: "FARGATE",
  };
}
