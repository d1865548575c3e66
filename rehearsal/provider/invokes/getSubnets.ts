import type { Invoke } from "../invoke.ts";
import { filtersOf } from "./filters.ts";

export const getSubnets: Invoke = {
  token: "aws:ec2/getSubnets:getSubnets",
  title: "EC2 Subnets",
  arguments: ["filters", "region", "tags"],
  async run({ ec2, ground }, args) {
    const ids: string[] = [];
    let NextToken: string | undefined;
    do {
      const page = await ec2.DescribeSubnets({ Filters: filtersOf(args), NextToken });
      ids.push(...(page.Subnets ?? []).map(({ SubnetId = "" }) => SubnetId));
      NextToken = page.NextToken;
    } while (NextToken !== undefined);
    const { region } = ground.identity;
    return { ...args, id: region, region, ids, tags: args["tags"] ?? {} };
  },
};
