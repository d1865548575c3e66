import { AwsError } from "../awsError.ts";
import { page } from "../paging.ts";

/** A page of a Describe operation's answer, by its MaxResults and NextToken. */
export function paged<Item>(
  items: readonly Item[],
  {
    MaxResults,
    NextToken,
  }: { readonly MaxResults?: number | undefined; readonly NextToken?: string | undefined },
) {
  return page(items, {
    ...{ size: MaxResults, token: NextToken },
    refuse: (token) => new AwsError("InvalidNextToken", `The token '${token}' is invalid`),
  });
}
