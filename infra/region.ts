import awsConfiguration from "@pulumi/aws/config/vars.js";
import { getRegion } from "@pulumi/aws/getRegion.js";

/** The region of the stack: `aws:region`, else AWS_REGION, else what the provider finds in its profile. */
export async function currentRegion(): Promise<string> {
  return awsConfiguration.region ?? (await getRegion()).region;
}
