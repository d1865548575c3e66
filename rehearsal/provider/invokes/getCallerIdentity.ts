import type { Invoke } from "../invoke.ts";

export const getCallerIdentity: Invoke = {
  token: "aws:index/getCallerIdentity:getCallerIdentity",
  title: "STS Caller Identity",
  arguments: [],
  async run({ sts }) {
    const { Account, Arn, UserId } = await sts.GetCallerIdentity({});
    return { id: Account, accountId: Account, arn: Arn, userId: UserId };
  },
};
