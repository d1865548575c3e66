export interface PageOf {
  /** How many at most; all where there is no limit. */
  readonly size?: number | undefined;
  /** The `next` of the page before. */
  readonly token?: string | undefined;
  /** The service's own error for a token that is none of ours. */
  readonly refuse: (token: string) => Error;
}

/** One page of a list. The token is the position of the next page's first item. */
export function page<Item>(
  items: readonly Item[],
  { size, token, refuse }: PageOf,
): { readonly items: Item[]; readonly next: string | undefined } {
  const from = token === undefined ? 0 : position(token);
  if (from === undefined || from > items.length) throw refuse(token ?? "");
  const to = from + (size ?? items.length);
  return {
    items: items.slice(from, to),
    next: to < items.length ? Buffer.from(`from:${to}`).toString("base64url") : undefined,
  };
}

function position(token: string): number | undefined {
  const [, digits] = /^from:(\d+)$/.exec(Buffer.from(token, "base64url").toString()) ?? [];
  return digits === undefined ? undefined : Number(digits);
}
