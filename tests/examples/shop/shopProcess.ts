import { spawn, type ChildProcess } from "node:child_process";
import { once } from "node:events";
import { createServer, type AddressInfo } from "node:net";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import pg from "pg";

/** A release's server as a process of its own. */
export interface ShopProcess {
  /** `http://127.0.0.1:PORT` */
  readonly url: string;
  readonly child: ChildProcess;
  /** Everything that it has said, both streams in their order. */
  output(): string;
  /** The exit code, once it has ended. */
  readonly exit: Promise<number | null>;
}

export interface ShopStart {
  /** The image's folder. */
  readonly image: string;
  readonly databaseUrl: string;
  readonly env?: Readonly<Record<string, string>>;
}

const running = new Set<ChildProcess>();

/** Starts a release; it may not listen yet. */
export async function startShop({ image, databaseUrl, env }: ShopStart): Promise<ShopProcess> {
  const port = await freePort();
  let said = "";
  const child = spawn(process.execPath, ["server.mjs"], {
    cwd: image,
    env: {
      PATH: process.env["PATH"],
      HOST: "127.0.0.1",
      PORT: String(port),
      DATABASE_URL: databaseUrl,
      TURNOUT_COLOUR: "blue",
      SHOP_FRONT: "own",
      ...env,
    },
    stdio: ["ignore", "pipe", "pipe"],
  });
  running.add(child);
  for (const stream of [child.stdout, child.stderr])
    stream.setEncoding("utf8").on("data", (text: string) => (said += text));
  const exit = once(child, "close").then(([code]) => {
    running.delete(child);
    return code as number | null;
  });
  return { url: `http://127.0.0.1:${port}`, child, output: () => said, exit };
}

/** Starts a release and waits until it is healthy. Throws with its output where it ends before. */
export async function startHealthyShop(start: ShopStart): Promise<ShopProcess> {
  const shop = await startShop(start);
  let ended = false;
  void shop.exit.then(() => (ended = true));
  for (;;) {
    if (ended) throw new Error(`the shop ended at its start: ${shop.output()}`);
    const response = await fetch(`${shop.url}/healthz`).catch(() => undefined);
    if (response?.status === 200 && shop.output().includes("front: ")) return shop;
    await sleep(20);
  }
}

/** Ends what a failed test left. */
export async function killShops(): Promise<void> {
  const left = [...running];
  const closed = left.map((child) => once(child, "close"));
  for (const child of left) child.kill("SIGTERM");
  // A test may have left a stream open, which the shop ends by itself.
  await Promise.all(closed);
}

/** Runs a release's migration to its end. */
export async function runMigration(
  image: string,
  databaseUrl: string,
): Promise<{ code: number | null; output: string }> {
  const child = spawn(process.execPath, [join(image, "migrate.mjs")], {
    cwd: image,
    env: { PATH: process.env["PATH"], DATABASE_URL: databaseUrl },
    stdio: ["ignore", "pipe", "pipe"],
  });
  let output = "";
  for (const stream of [child.stdout, child.stderr])
    stream.setEncoding("utf8").on("data", (text: string) => (output += text));
  const [code] = (await once(child, "close")) as [number | null];
  return { code, output };
}

let databases = 0;

/** Makes an empty database in the server at `url`; returns its own URL. */
export async function emptyDatabase(url: string): Promise<string> {
  databases += 1;
  const name = `shop_${process.pid}_${databases}`;
  await ask(url, `create database ${name}`);
  const its = new URL(url);
  its.pathname = `/${name}`;
  return its.href;
}

/** Rows of one query. */
export async function ask(url: string, query: string): Promise<readonly Record<string, unknown>[]> {
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  try {
    return (await client.query<Record<string, unknown>>(query)).rows;
  } finally {
    await client.end();
  }
}

async function freePort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const { port } = server.address() as AddressInfo;
  await new Promise((resolve) => server.close(resolve));
  return port;
}
