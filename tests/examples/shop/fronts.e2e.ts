import { createConnection } from "node:net";
import { expect } from "chai";
import { WebSocket } from "ws";
import { findNginx } from "../../../examples/shop/front/nginx.ts";
import { skip } from "../../skip.ts";
import { shopGround, type ShopGround } from "./ground.ts";
import {
  emptyDatabase,
  killShops,
  runMigration,
  startHealthyShop,
  startShop,
  type ShopProcess,
} from "./shopProcess.ts";

for (const front of ["own", "nginx"] as const)
  describe(`the shop behind ${front === "own" ? "its own front" : "nginx"}`, function () {
    this.timeout(60_000);
    let ground: ShopGround | undefined;
    let databaseUrl = "";

    before(async function () {
      if (front === "nginx" && findNginx(process.env["PATH"] ?? "") === undefined)
        skip(this, "no nginx on PATH");
      ground = await shopGround();
      databaseUrl = await emptyDatabase(ground.databaseUrl);
      await runMigration(await ground.image("1.1"), databaseUrl);
    });
    afterEach(killShops);
    after(() => ground?.close());

    const image = (name: "1.1" | "1.2-bad-config") => (ground as ShopGround).image(name);
    const start = async (env: Readonly<Record<string, string>> = {}): Promise<ShopProcess> =>
      startHealthyShop({ image: await image("1.1"), databaseUrl, env: { SHOP_FRONT: front, ...env } });
    const checkout = {
      method: "POST",
      headers: { "content-type": "application/json" },
      body: JSON.stringify({ email: "a@example.com", lines: [{ product: 1, quantity: 1 }] }),
    };

    it("names release and colour once in every answer, its own included", async () => {
      const shop = await start();
      expect(shop.output()).to.include(`front: ${front}`);
      const answers = [
        [await fetch(`${shop.url}/`), 200],
        [await fetch(`${shop.url}/nothing`), 404],
        [await fetch(`${shop.url}/favicon.ico`), 204],
        [await fetch(`${shop.url}/checkout`, { ...checkout, body: "x".repeat(70_000) }), 413],
      ] as const;
      for (const [response, status] of answers) {
        expect(response.status).to.equal(status);
        expect(response.headers.get("x-release")).to.equal("1.1");
        expect(response.headers.get("x-colour")).to.equal("blue");
        expect(response.headers.get("x-content-type-options")).to.equal("nosniff");
      }
    });

    it("passes events as they come, and WebSockets both ways", async () => {
      const shop = await start();
      const events = await fetch(`${shop.url}/events`);
      const first = await events.body?.getReader().read();
      expect(Buffer.from(first?.value as Uint8Array).toString()).to.include("retry: 500");
      const socket = new WebSocket(`${shop.url.replace("http", "ws")}/ws`);
      const echoed = await new Promise<string>((resolve, reject) => {
        socket.on("error", reject);
        socket.on("open", () => socket.send("hello"));
        socket.on("message", (message: Buffer) => {
          if (message.toString() === "hello") resolve(message.toString());
        });
      });
      expect(echoed).to.equal("hello");
      socket.terminate();
    });

    it("ends with exit code 1 and the reason as its last line when its configuration does not parse", async () => {
      const shop = await startShop({
        image: await image("1.2-bad-config"),
        databaseUrl,
        env: { SHOP_FRONT: front },
      });
      expect(await shop.exit).to.equal(1);
      expect(shop.output().trimEnd().split("\n").at(-1)).to.match(
        /^nginx: \[emerg\] unknown directive "proxy_pas" in \/.*\/nginx\.conf:42$/,
      );
    });

    it("ends with exit code 1 when its port is taken", async () => {
      const shop = await start();
      const second = await startShop({
        image: await image("1.1"),
        databaseUrl,
        env: { SHOP_FRONT: front, PORT: new URL(shop.url).port },
      });
      expect(await second.exit).to.equal(1);
      expect(second.output()).to.match(/address.*in use/i);
      expect((await fetch(`${shop.url}/healthz`)).status).to.equal(200);
    });

    it("on SIGTERM finishes a checkout, ends streams cleanly, stays healthy meanwhile, then exits with 0", async () => {
      const shop = await start({ CHECKOUT_SECONDS: "1.5" });
      const paid = fetch(`${shop.url}/checkout`, checkout);
      const events = await fetch(`${shop.url}/events`);
      const read = events.text();
      const socket = new WebSocket(`${shop.url.replace("http", "ws")}/ws`);
      const closed = new Promise<number>((resolve) => socket.on("close", resolve));
      await new Promise((resolve) => socket.once("message", resolve));

      const idle = await openKeepAlive(shop.url);
      shop.child.kill("SIGTERM");
      expect(await read).to.match(/event: bye\ndata: .*\n\n$/);
      expect(await closed).to.equal(1001);
      // A load balancer that has not heard yet, on a connection that was open before.
      expect(await idle("/healthz")).to.match(/^HTTP\/1\.1 200 OK/);
      const answer = await paid;
      expect(answer.status).to.equal(200);
      expect(await answer.json()).to.include({ status: "paid" });
      expect(await shop.exit).to.equal(0);
      expect(shop.output()).to.include("closed: every request was answered");
    });

    it("stops within a second when nobody asks anything", async () => {
      const shop = await start();
      const began = performance.now();
      shop.child.kill("SIGTERM");
      expect(await shop.exit).to.equal(0);
      expect(performance.now() - began).to.be.below(1000);
    });
  });

/** Opens a connection, asks once on it, and returns what asks again on the same one. */
async function openKeepAlive(url: string): Promise<(path: string) => Promise<string>> {
  const { hostname, port } = new URL(url);
  const socket = createConnection(Number(port), hostname);
  const ask = (path: string) =>
    new Promise<string>((resolve, reject) => {
      socket.once("data", (data) => resolve(data.toString()));
      socket.once("error", reject);
      socket.once("end", () => reject(new Error("the connection was closed without an answer")));
      socket.write(`GET ${path} HTTP/1.1\r\nHost: shop\r\n\r\n`);
    });
  await ask("/healthz");
  return ask;
}
