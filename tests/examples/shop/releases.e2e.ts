import { expect } from "chai";
import type { ReleaseName } from "../../../examples/shop/releases.ts";
import { shopGround, type ShopGround } from "./ground.ts";
import {
  emptyDatabase,
  killShops,
  runMigration,
  startHealthyShop,
  startShop,
  type ShopProcess,
} from "./shopProcess.ts";

describe("the shop's releases", function () {
  this.timeout(60_000);
  let ground: ShopGround;
  let before11: string;
  let after11: string;

  before(async () => {
    ground = await shopGround();
    before11 = await emptyDatabase(ground.databaseUrl);
    after11 = await emptyDatabase(ground.databaseUrl);
    await runMigration(await ground.image("1.0"), before11);
    await runMigration(await ground.image("1.1"), after11);
  });
  afterEach(killShops);
  after(() => ground.close());

  const start = async (name: ReleaseName, databaseUrl = after11, env: Record<string, string> = {}) =>
    startHealthyShop({
      image: await ground.image(name),
      databaseUrl,
      env: { CHECKOUT_SECONDS: "0.2", ...env },
    });
  const post = (shop: ShopProcess, path: string, body: unknown) =>
    fetch(shop.url + path, {
      method: "POST",
      headers: { "content-type": "application/json" },
      body: JSON.stringify(body),
    });
  const order = { email: "a@example.com", lines: [{ product: 3, quantity: 2 }] };

  for (const name of ["1.0", "1.1"] as const)
    it(`${name} sells: pages, API, orders and checkout, on the schema before and after 1.1`, async () => {
      for (const databaseUrl of [before11, after11]) {
        const shop = await start(name, databaseUrl);
        for (const path of [
          "/",
          "/products/3",
          "/cart",
          "/api/products",
          "/api/products/3",
          "/readyz",
          "/healthz",
        ]) {
          const response = await fetch(shop.url + path);
          expect(response.status, path).to.equal(200);
          expect(response.headers.get("x-release"), path).to.equal(name);
          expect(response.headers.get("x-colour"), path).to.equal("blue");
        }
        const placed = await post(shop, "/api/orders", order);
        expect(placed.status).to.equal(201);
        const { headers } = placed;
        const read = await fetch(shop.url + headers.get("location"));
        expect(await read.json()).to.include({ status: "paid", totalCents: 3800, release: name });
        const paid = await post(shop, "/checkout", order);
        expect(await paid.json()).to.include({ status: "paid", totalCents: 3800 });
        const page = await (await fetch(`${shop.url}/products/3`)).text();
        const product = await (await fetch(`${shop.url}/api/products/3`)).json();
        const shows = name === "1.1" && databaseUrl === after11;
        expect(page.includes("delivery")).to.equal(shows);
        expect(product).to.deep.equal({
          id: 3,
          name: "Conductor's whistle",
          description: "Brass. Heard across two platforms.",
          priceCents: 1900,
          ...(shows && { deliveryDays: 1 }),
        });
      }
    });

  it("a customer fills a cart in the browser and pays it", async () => {
    const shop = await start("1.1");
    const added = await fetch(`${shop.url}/cart`, {
      method: "POST",
      body: new URLSearchParams({ product: "3" }),
      redirect: "manual",
    });
    expect(added.status).to.equal(303);
    const cookie = added.headers.get("set-cookie")?.split(";")[0] ?? "";
    expect(await (await fetch(`${shop.url}/cart`, { headers: { cookie } })).text()).to.include(
      "1 × Conductor&#39;s whistle",
    );
    const paid = await fetch(`${shop.url}/checkout`, {
      method: "POST",
      headers: { cookie },
      body: new URLSearchParams({ email: "a@example.com" }),
    });
    expect(await paid.json()).to.include({ status: "paid", totalCents: 1900 });
  });

  it("wrong questions get an answer that says so, with the release in it", async () => {
    const shop = await start("1.1");
    const wrong = [
      [await fetch(`${shop.url}/nothing`), 404],
      [await fetch(`${shop.url}/products/999`), 404],
      [await fetch(`${shop.url}/products/x'%3b--`), 404],
      [await fetch(`${shop.url}/api/products/999`), 404],
      [await post(shop, "/api/orders", { email: "a@example.com", lines: [] }), 400],
      [await post(shop, "/api/orders", { ...order, lines: [{ product: 999, quantity: 1 }] }), 422],
      [await post(shop, "/checkout", { lines: order.lines }), 400],
      [await post(shop, "/checkout", { ...order, lines: [{ product: 3, quantity: -1 }] }), 400],
      [await post(shop, "/api/orders", { ...order, filler: "x".repeat(70_000) }), 413],
    ] as const;
    for (const [response, status] of wrong) {
      expect(response.status, response.url).to.equal(status);
      expect(response.headers.get("x-release")).to.equal("1.1");
    }
  });

  it("is alive without its database, and not ready", async () => {
    const shop = await start("1.1", "postgresql://nobody@127.0.0.1:1/none");
    expect((await fetch(`${shop.url}/healthz`)).status).to.equal(200);
    expect((await fetch(`${shop.url}/readyz`)).status).to.equal(500);
    expect(shop.output()).to.include("GET /readyz: connect ECONNREFUSED");
  });

  it("1.2-error-page is healthy, and fails on a page that the health check does not ask", async () => {
    const shop = await start("1.2-error-page");
    expect((await fetch(`${shop.url}/healthz`)).status).to.equal(200);
    expect((await fetch(`${shop.url}/`)).status).to.equal(200);
    expect((await fetch(`${shop.url}/products/3`)).status).to.equal(500);
  });

  it("1.2-slow is healthy, and slower than a smoke question waits", async () => {
    const shop = await start("1.2-slow");
    const timed = async (path: string) => {
      const began = performance.now();
      await (await fetch(shop.url + path)).text();
      return performance.now() - began;
    };
    expect(await timed("/healthz")).to.be.below(500);
    expect(await timed("/")).to.be.above(2000);
  });

  it("1.2-crash dies under traffic, not under a few questions", async () => {
    const shop = await start("1.2-crash", after11, { CRASH_AFTER: "0.5" });
    let exited = false;
    void shop.exit.then(() => (exited = true));
    for (let n = 0; n < 24; n += 1) await fetch(`${shop.url}/`);
    const untouched = await fetch(`${shop.url}/healthz`);
    expect([untouched.status, exited]).to.deep.equal([200, false]);
    await fetch(`${shop.url}/`);
    expect(await shop.exit).to.equal(1);
    expect(shop.output().trimEnd().split("\n").at(-1)).to.match(/^fatal: .* after 0.5 s of traffic$/);
  });

  it("BOOT_SECONDS delays listening", async () => {
    const began = performance.now();
    const image = await ground.image("1.1");
    await startHealthyShop({ image, databaseUrl: after11, env: { BOOT_SECONDS: "1" } });
    expect(performance.now() - began).to.be.above(1000);
  });

  it("wrong settings end it at once, with the setting named", async () => {
    const image = await ground.image("1.1");
    const wrong = {
      PORT: "http",
      SHOP_FRONT: "apache",
      BOOT_SECONDS: "-1",
      TURNOUT_COLOUR: "Blue 1",
      DATABASE_URL: "",
    };
    for (const [name, value] of Object.entries(wrong)) {
      const shop = await startShop({ image, databaseUrl: after11, env: { [name]: value } });
      expect(await shop.exit).to.equal(1);
      expect(shop.output()).to.include(name);
    }
  });
});
