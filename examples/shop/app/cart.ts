import type { OrderLine } from "./database.ts";

/**
 * The cart lies in the customer's cookie, `3x1.7x2` (product x quantity): no colour keeps it,
 * so it survives a swap in both directions.
 */
export function readCart(cookies: string | undefined): readonly OrderLine[] {
  const value = /(?:^|;\s*)cart=([\dx.]*)/.exec(cookies ?? "")?.[1] ?? "";
  return value
    .split(".")
    .map((line) => /^(\d{1,6})x(\d{1,2})$/.exec(line))
    .filter((match) => match !== null)
    .slice(0, 50)
    .map(([, product, quantity]) => ({ product: Number(product), quantity: Number(quantity) }))
    .filter((line) => line.quantity > 0);
}

/** The cookie of a cart, for Set-Cookie. */
export function writeCart(lines: readonly OrderLine[]): string {
  const value = lines.map(({ product, quantity }) => `${product}x${quantity}`).join(".");
  return `cart=${value}; Path=/; HttpOnly; SameSite=Lax; Max-Age=604800`;
}

/** A cart with one more of a product, 99 at most. */
export function addToCart(lines: readonly OrderLine[], product: number): readonly OrderLine[] {
  const there = lines.find((line) => line.product === product);
  if (there === undefined) return [...lines, { product, quantity: 1 }];
  return lines.map((line) =>
    line === there ? { product, quantity: Math.min(99, line.quantity + 1) } : line,
  );
}
