import type { FastifyInstance, FastifyReply } from "fastify";
import { addToCart, readCart, writeCart } from "./cart.ts";
import { markup } from "./html.ts";
import { layout, price, type Page } from "./layout.ts";
import { shown, type Shop, type ShownProduct } from "./shop.ts";

/** What a browser asks: `/`, `/products/:id`, `/cart`. */
export function addPages(app: FastifyInstance, shop: Shop): void {
  const page = (reply: FastifyReply, content: Page) =>
    reply
      .type("text/html; charset=utf-8")
      .send(layout(content, { release: shop.release.name, colour: shop.colour }));

  const missing = (reply: FastifyReply) =>
    page(reply.code(404), {
      title: "Not here",
      body: markup`<p>There is no such page. <a href="/">To the shop</a></p>`,
    });

  app.setNotFoundHandler((request, reply) => {
    if (request.url.startsWith("/api/")) return reply.code(404).send({ status: 404, title: "Not found" });
    return missing(reply);
  });

  app.get("/", async (_request, reply) => {
    const products = (await shop.database.products()).map((product) => shown(shop, product));
    return page(reply, { title: "Everything for the line", body: markup`<ul>${products.map(listed)}</ul>` });
  });

  app.get<{ Params: { id: string } }>("/products/:id", async ({ params }, reply) => {
    const product = await shop.database.product(readId(params.id));
    if (product === undefined) return missing(reply);
    const { id, name, description, priceCents, deliveryDays } = shown(shop, product);
    return page(reply, {
      title: name,
      body: markup`<p>${description}</p><p>${price(priceCents)}${delivery(deliveryDays)}</p>
<form method="post" action="/cart"><button name="product" value="${id}">Into the cart</button></form>`,
    });
  });

  app.get("/cart", async ({ headers }, reply) => {
    const products = new Map((await shop.database.products()).map((product) => [product.id, product]));
    const lines = readCart(headers.cookie).flatMap(({ product: id, quantity }) => {
      const product = products.get(id);
      return product === undefined
        ? []
        : [{ name: product.name, quantity, cents: product.price_cents * quantity }];
    });
    const total = lines.reduce((sum, { cents }) => sum + cents, 0);
    const rows = lines.map(
      ({ name, quantity, cents }) =>
        markup`<li><span>${quantity} × ${name}</span><span>${price(cents)}</span></li>`,
    );
    const body =
      rows.length === 0
        ? markup`<p>It is empty.</p>`
        : markup`<ul>${rows}</ul>
<form method="post" action="/checkout"><input name="email" type="email" required placeholder="you@example.com">
<button>Pay ${price(total)}</button></form>`;
    return page(reply, { title: "Your cart", body });
  });

  app.post<{ Body: { product?: string } | undefined }>("/cart", async ({ body, headers }, reply) => {
    const product = await shop.database.product(readId(body?.product ?? ""));
    if (product === undefined) return missing(reply);
    return reply
      .header("set-cookie", writeCart(addToCart(readCart(headers.cookie), product.id)))
      .redirect("/cart", 303);
  });
}

/** 0, which no product has, where it is no number. */
export function readId(text: string): number {
  return /^\d{1,9}$/.test(text) ? Number(text) : 0;
}

function listed({ id, name, priceCents, deliveryDays }: ShownProduct) {
  return markup`<li><a href="/products/${id}">${name}</a><span>${price(priceCents)}${delivery(deliveryDays)}</span></li>`;
}

function delivery(days: number | undefined) {
  return days === undefined
    ? ""
    : markup` <small class="delivery">in ${days} ${days === 1 ? "day" : "days"}</small>`;
}
