import { createHash } from "node:crypto";
import { AwsError } from "../awsError.ts";

const imageTypes = [
  "application/vnd.oci.image.manifest.v1+json",
  "application/vnd.docker.distribution.manifest.v2+json",
];
const indexTypes = [
  "application/vnd.oci.image.index.v1+json",
  "application/vnd.docker.distribution.manifest.list.v2+json",
];

/** What the registry needs of a manifest. Digests are `sha256:<64 hex>`. */
export interface Manifest {
  readonly digest: string;
  readonly mediaType: string;
  /** As it was pushed: the digest is of these very bytes. */
  readonly text: string;
  /** The configuration's digest; an index (several architectures) has none. */
  readonly config: string | undefined;
  readonly layers: readonly string[];
  /** The manifests that an index names. */
  readonly manifests: readonly string[];
  /** Bytes of all layers, compressed. */
  readonly size: number;
}

/** Reads an image manifest or an index, OCI's or Docker's. Throws InvalidParameterException for anything else. */
export function parseManifest(text: string, declaredType: string | undefined): Manifest {
  const body = parse(text);
  const mediaType = declaredType ?? body.mediaType ?? imageTypes[0] ?? "";
  if (![...imageTypes, ...indexTypes].includes(mediaType))
    throw invalid(`its media type ${mediaType} is none of ${[...imageTypes, ...indexTypes].join(", ")}`);
  if (imageTypes.includes(mediaType) && (body.config?.digest === undefined || !Array.isArray(body.layers)))
    throw invalid("an image has a config and layers");
  const layers = body.layers ?? [];
  return {
    digest: `sha256:${createHash("sha256").update(text).digest("hex")}`,
    ...{ mediaType, text, config: body.config?.digest },
    layers: layers.map(({ digest }) => digest),
    manifests: (body.manifests ?? []).map(({ digest }) => digest),
    size: layers.reduce((sum, { size = 0 }) => sum + size, 0),
  };
}

interface Body {
  readonly mediaType?: string;
  readonly config?: { readonly digest: string };
  readonly layers?: readonly { readonly digest: string; readonly size?: number }[];
  readonly manifests?: readonly { readonly digest: string }[];
}

function parse(text: string): Body {
  try {
    const body: unknown = JSON.parse(text);
    if (typeof body === "object" && body !== null) return body;
  } catch (error) {
    throw invalid(error instanceof Error ? error.message : String(error));
  }
  throw invalid("it is no JSON object");
}

function invalid(reason: string): AwsError {
  return new AwsError(
    "InvalidParameterException",
    `Invalid parameter at 'ImageManifest' failed to satisfy constraint: 'Invalid JSON syntax' (${reason})`,
  );
}
