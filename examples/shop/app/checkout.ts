import { setTimeout as sleep } from "node:timers/promises";
import type { FastifyInstance } from "fastify";
import { shownOrder, unknownProduct, type OrderBody } from "./api.ts";
import { readCart, writeCart } from "./cart.ts";
import type { Shop } from "./shop.ts";

/**
 * POST /checkout: the request that a deployment must not cut off. The order is written, the payment takes its time,
 * the order is marked paid. No transaction is open meanwhile: it would hold up a migration.
 * JSON `{ email, lines }`, or a form with `email`, which pays the cart in the cookie.
 */
export function addCheckout(app: FastifyInstance, { database, paymentTime }: Shop): void {
  app.post<{ Body: Partial<OrderBody> | undefined }>("/checkout", async ({ body, headers }, reply) => {
    const lines = body?.lines ?? readCart(headers.cookie);
    const email = body?.email;
    if (typeof email !== "string" || !email.includes("@") || !Array.isArray(lines) || !lines.every(isLine))
      return reply.code(400).send({ status: 400, title: "A checkout needs an e-mail address and lines" });
    const order = await database.placeOrder({ email, lines, status: "paying" });
    if (order === undefined) return reply.code(422).send(unknownProduct);
    await sleep(paymentTime);
    const paid = await database.markPaid(order.id);
    return reply.header("set-cookie", writeCart([])).send(shownOrder(paid));
  });
}

function isLine(line: unknown): boolean {
  const { product, quantity } = (line ?? {}) as Record<string, unknown>;
  return isCount(product, 2 ** 31 - 1) && isCount(quantity, 99);
}

function isCount(value: unknown, most: number): boolean {
  return Number.isInteger(value) && (value as number) >= 1 && (value as number) <= most;
}
