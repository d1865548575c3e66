import { readFile } from "node:fs/promises";
import { join } from "node:path";
import type { ShopRelease } from "./releases.ts";

const fronts = ["auto", "nginx", "own"] as const;

/** What the shop reads from its environment and its image. */
export interface Settings {
  readonly release: ShopRelease;
  readonly colour: string;
  readonly host: string;
  readonly port: number;
  readonly databaseUrl: string;
  readonly front: (typeof fronts)[number];
  /** Seconds before it listens, to imitate a shop that boots slowly. */
  readonly bootSeconds: number;
  /** Milliseconds. */
  readonly paymentTime: number;
}

/** Reads HOST, PORT, DATABASE_URL and the rest. `image` is the folder with release.json. Throws on a wrong value. */
export async function readSettings(env: NodeJS.ProcessEnv, image: string): Promise<Settings> {
  const release = JSON.parse(await readFile(join(image, "release.json"), "utf8")) as ShopRelease;
  const crashAfter = release.faults.crashAfter && readSeconds(env, "CRASH_AFTER", release.faults.crashAfter);
  const databaseUrl = env["DATABASE_URL"];
  if (!databaseUrl) throw new Error("DATABASE_URL is not set: give the shop's database, postgres://…");
  const front = fronts.find((name) => name === (env["SHOP_FRONT"] ?? "auto"));
  if (front === undefined) throw new Error(`SHOP_FRONT is "${env["SHOP_FRONT"]}": give ${fronts.join(", ")}`);
  const colour = env["TURNOUT_COLOUR"] ?? "none";
  if (!/^[a-z]+$/.test(colour)) throw new Error(`TURNOUT_COLOUR is "${colour}": give blue or green`);
  return {
    release: { ...release, faults: { ...release.faults, ...(crashAfter !== undefined && { crashAfter }) } },
    colour,
    host: env["HOST"] ?? "0.0.0.0",
    port: readPort(env["PORT"] ?? "8080"),
    databaseUrl,
    front,
    bootSeconds: readSeconds(env, "BOOT_SECONDS", 0),
    paymentTime: readSeconds(env, "CHECKOUT_SECONDS", 3) * 1000,
  };
}

function readPort(text: string): number {
  const port = Number(text);
  if (!Number.isInteger(port) || port < 1 || port > 65535)
    throw new Error(`PORT is "${text}": give 1 to 65535`);
  return port;
}

function readSeconds(env: NodeJS.ProcessEnv, name: string, otherwise: number): number {
  const seconds = Number(env[name] ?? otherwise);
  if (!(seconds >= 0 && seconds <= 3600))
    throw new Error(`${name} is "${env[name]}": give seconds, 0 to 3600`);
  return seconds;
}
