import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { text } from "node:stream/consumers";
import pg from "pg";
import type { PlainUser } from "./plainUser.ts";

/** A server and the process of its own that keeps it. */
export interface KeptServer {
  readonly url: string;
  /** Of the postmaster. */
  readonly pid: number;
  readonly keeper: ChildProcess;
  /** The orderly end. */
  stop(): Promise<void>;
}

export interface Keep {
  readonly home: string;
  /** Default: ours. */
  readonly user?: PlainUser;
  readonly environment?: NodeJS.ProcessEnv;
}

/** Only the process; its first line is still to come. */
export function spawnKeeper({ home, user, environment }: Keep): ChildProcess {
  const [node, main] = user?.command ?? [process.execPath, join(import.meta.dirname, "keeper.ts")];
  return spawn(node, [main, home], {
    ...(user && { uid: user.uid, gid: user.gid, cwd: user.folder }),
    env: { ...process.env, ...environment },
    stdio: ["pipe", "pipe", "pipe"],
  });
}

/** @throws Error with what the keeper wrote when it ends before the server answers */
export async function keepServer(keep: Keep): Promise<KeptServer> {
  const keeper = spawnKeeper(keep);
  const { stdin, stdout, stderr } = keeper;
  if (!stdin || !stdout || !stderr) throw new Error("the keeper has no pipes");
  const errors = text(stderr);
  const line = await Promise.race([
    once(createInterface(stdout), "line").then(([first]) => String(first)),
    once(keeper, "exit").then(() => undefined),
  ]);
  if (line === undefined) throw new Error(await errors);
  const stop = async () => {
    const ended = once(keeper, "exit");
    stdin.end();
    await ended;
  };
  return { ...(JSON.parse(line) as { url: string; pid: number }), keeper, stop };
}

/** The first column of the last statement's first row. */
export async function ask(url: string, sql: string): Promise<unknown> {
  const client = new pg.Client(url);
  client.on("error", () => undefined);
  await client.connect();
  try {
    const { rows } = await client.query<unknown[]>({ text: sql, rowMode: "array" });
    return rows[0]?.[0];
  } finally {
    await client.end();
  }
}
