import type { FastifyInstance, FastifyReply } from "fastify";
import { addToCart, readCart, writeCart } from "./cart.ts";
import { html } from "./html.ts";
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
      body: html`<p>There is no such page. <a href="/">To the shop</a></p>`,
    });

  app.setNotFoundHandler((request, reply) => {
    if (request.url.startsWith("/api/")) return reply.code(404).send({ status: 404, title: "Not found" });
    return missing(reply);
  });

  app.get("/", async (_request, reply) => {
    const products = (await shop.database.products()).map((product) => shown(shop, product));
    return page(reply, {
      title: "Everything for the line",
      body: html`<ul>
        ${products.map(listed)}
      </ul>`,
    });
  });

  app.get<{ Params: { id: string } }>("/products/:id", async ({ params }, reply) => {
    const product = await shop.database.product(readId(params.id));
    if (product === undefined) return missing(reply);
    const { id, name, description, priceCents, deliveryDays } = shown(shop, product);
    return page(reply, {
      title: name,
      body: html`<p>${description}</p>
        <p>${price(priceCents)}</p>
        ${delivery(deliveryDays)}
        <form method="post" action="/cart">
          <button name="product" value="${id}">Into the cart</button>
        </form>`,
    });
  });

  app.get("/cart", async ({ headers }, reply) => {
    const cart = readCart(headers.cookie);
    const products = new Map((await shop.database.products()).map((product) => [product.id, product]));
    const lines = cart.flatMap(({ product: id, quantity }) => {
      const product = products.get(id);
      return product === undefined ? [] : [{ product, quantity }];
    });
    const total = lines.reduce((sum, { product, quantity }) => sum + product.price_cents * quantity, 0);
    return page(reply, {
      title: "Your cart",
      body:
        lines.length === 0
          ? html`<p>It is empty.</p>`
          : html`<ul>
                ${lines.map(
                  ({ product, quantity }) =>
                    html`<li>
                      <span>${quantity} × ${product.name}</span
                      ><span>${price(product.price_cents * quantity)}</span>
                    </li>`,
                )}
              </ul>
              <form method="post" action="/checkout">
                <input name="email" type="email" required placeholder="you@example.com" />
                <button>Pay ${price(total)}</button>
              </form>`,
    });
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
  return html`<li>
    <a href="/products/${id}">${name}</a><span>${price(priceCents)}${delivery(deliveryDays)}</span>
  </li>`;
}

function delivery(days: number | undefined) {
  return days === undefined
    ? ""
    : html` <small class="delivery">in ${days} ${days === 1 ? "day" : "days"}</small>`;
}
