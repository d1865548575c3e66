import type * as sdk from "@aws-sdk/client-sts";
import type { Ground } from "../cloud.ts";
import type { Operations } from "../operations.ts";
import { atOnce } from "../atOnce.ts";

/** STS: who calls. Everyone is the one user of this account. */
export type Sts = Operations<typeof sdk, "GetCallerIdentity">;

export function createSts({ identity: { account } }: Ground): Sts {
  return atOnce<Sts>({
    GetCallerIdentity: () => ({
      Account: account,
      UserId: "AIDAREHEARSAL0000000",
      Arn: `arn:aws:iam::${account}:user/rehearsal`,
    }),
  });
}
