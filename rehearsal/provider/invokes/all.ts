import type { Invoke } from "../invoke.ts";
import { getAvailabilityZones } from "./getAvailabilityZones.ts";
import { getCallerIdentity } from "./getCallerIdentity.ts";
import { getImage } from "./getImage.ts";
import { getRegion } from "./getRegion.ts";
import { getSubnets } from "./getSubnets.ts";
import { getVpc } from "./getVpc.ts";

/** Every function that the provider `aws` knows. */
export const invokes: readonly Invoke[] = [
  ...[getAvailabilityZones, getCallerIdentity, getImage, getRegion, getSubnets, getVpc],
];
