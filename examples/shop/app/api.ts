import type { FastifyInstance } from "fastify";
import type { Order, OrderLine } from "./database.ts";
import { readId } from "./pages.ts";
import { shown, type Shop } from "./shop.ts";

/** An order's body, validated. */
export const orderSchema = {
  type: "object",
  required: ["email", "lines"],
  properties: {
    email: { type: "string", minLength: 3, maxLength: 200, pattern: "@" },
    lines: {
      type: "array",
      minItems: 1,
      maxItems: 50,
      items: {
        type: "object",
        required: ["product", "quantity"],
        properties: {
          product: { type: "integer", minimum: 1, maximum: 2 ** 31 - 1 },
          quantity: { type: "integer", minimum: 1, maximum: 99 },
        },
      },
    },
  },
} as const;

export interface OrderBody {
  readonly email: string;
  readonly lines: readonly OrderLine[];
}

export const unknownProduct = { status: 422, title: "The order names a product that the shop does not have" };

/** The JSON API: products and orders. */
export function addApi(app: FastifyInstance, shop: Shop): void {
  const { database } = shop;

  app.get("/api/products", async () => ({
    products: (await database.products()).map((product) => shown(shop, product)),
  }));

  app.get<{ Params: { id: string } }>("/api/products/:id", async ({ params }, reply) => {
    const product = await database.product(readId(params.id));
    return product === undefined ? reply.callNotFound() : shown(shop, product);
  });

  app.post<{ Body: OrderBody }>("/api/orders", { schema: { body: orderSchema } }, async ({ body }, reply) => {
    const order = await database.placeOrder({ ...body, status: "paid" });
    if (order === undefined) return reply.code(422).send(unknownProduct);
    return reply.code(201).header("location", `/api/orders/${order.id}`).send(shownOrder(order));
  });

  app.get<{ Params: { id: string } }>("/api/orders/:id", async ({ params }, reply) => {
    const order = await database.order(String(readId(params.id)));
    return order === undefined ? reply.callNotFound() : shownOrder(order);
  });
}

/** An order as the API answers it. */
export function shownOrder({ id, status, total_cents, release }: Order) {
  return { id: Number(id), status, totalCents: total_cents, release };
}
