/** One kind of question in a load. */
export interface Ask {
  readonly name: string;
  /** How many of a hundred requests (or of whatever the mix adds up to). */
  readonly share: number;
  readonly method: "GET" | "POST";
  /** Asked in turn. */
  readonly paths: readonly string[];
  /** JSON. */
  readonly body?: unknown;
  /** What a whole answer ends with: an answer that ends otherwise is broken. */
  readonly endsWith?: string;
  /** Takes its time by design, so it has a histogram of its own. */
  readonly slow?: boolean;
}

const ids = Array.from({ length: 12 }, (_, n) => n + 1);
const order = {
  email: "load@example.com",
  lines: [
    { product: 1, quantity: 2 },
    { product: 7, quantity: 1 },
  ],
};
const page = { method: "GET", endsWith: "</html>\n" } as const;
const json = { method: "GET", endsWith: "}" } as const;

/** Customers of the example shop: mostly pages, some API, a few orders, one checkout (3 s) in a hundred. */
export const shopMix: readonly Ask[] = [
  { ...page, name: "front page", share: 25, paths: ["/"] },
  { ...page, name: "product page", share: 30, paths: ids.map((id) => `/products/${id}`) },
  { ...page, name: "cart", share: 5, paths: ["/cart"] },
  { ...json, name: "product list", share: 20, paths: ["/api/products"] },
  { ...json, name: "product", share: 15, paths: ids.map((id) => `/api/products/${id}`) },
  { ...json, name: "order", share: 4, method: "POST", paths: ["/api/orders"], body: order },
  { ...json, name: "checkout", share: 1, method: "POST", paths: ["/checkout"], body: order, slow: true },
];

/**
 * The order in which a mix is asked: each kind spread evenly by its share, no chance in it.
 * Call the result for the next one.
 */
export function inTurn(mix: readonly Ask[]): () => { readonly ask: Ask; readonly path: string } {
  const total = mix.reduce((sum, { share }) => sum + share, 0);
  if (!(total > 0)) throw new Error("a mix needs at least one kind with a share above 0");
  const kinds = mix.map((ask) => ({ ask, credit: 0, asked: 0 }));
  return () => {
    for (const kind of kinds) kind.credit += kind.ask.share;
    const next = kinds.reduce((best, kind) => (kind.credit > best.credit ? kind : best));
    next.credit -= total;
    const path = next.ask.paths[next.asked % next.ask.paths.length] ?? "/";
    next.asked += 1;
    return { ask: next.ask, path };
  };
}
