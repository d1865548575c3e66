import { homedir } from "node:os";
import { join } from "node:path";

/** What the service's process is started with, read once from its environment. */
export interface Settings {
  readonly host: string;
  /** 0: any free one. */
  readonly port: number;
  /** SHA-256 of each token that is let in, lower-case hex. */
  readonly tokens: readonly string[];
  /** Without it the service starts a Postgres of its own under `folder`. */
  readonly databaseUrl: string | undefined;
  /** Days that ended runs are kept. */
  readonly historyDays: number;
  /** A folder of the service's own: Pulumi's work, Postgres. Default: one of its user's, not of everybody's. */
  readonly folder: string;
  /** Handed to the Pulumi CLI: everything but what is the service's own. */
  readonly pulumi: NodeJS.ProcessEnv;
}

/** Throws with the variable, its value and what is allowed. */
export function readSettings(environment: NodeJS.ProcessEnv): Settings {
  const { HOST, PORT, DATABASE_URL, XDG_STATE_HOME } = environment;
  const { TURNOUT_TOKENS_SHA256, TURNOUT_DATA, TURNOUT_HISTORY_DAYS } = environment;
  return {
    host: HOST || "127.0.0.1",
    port: portOf(PORT || "0"),
    tokens: tokensOf(TURNOUT_TOKENS_SHA256 ?? ""),
    databaseUrl: DATABASE_URL || undefined,
    historyDays: daysOf(TURNOUT_HISTORY_DAYS || "90"),
    folder: TURNOUT_DATA || join(XDG_STATE_HOME || join(homedir(), ".local", "state"), "turnout"),
    pulumi: Object.fromEntries(
      Object.entries(environment).filter(([name]) => !name.startsWith("TURNOUT_") && name !== "DATABASE_URL"),
    ),
  };
}

function portOf(text: string): number {
  const port = Number(text);
  if (/^\d+$/.test(text) && port <= 65535) return port;
  throw new Error(`PORT is '${text}'; a number from 0 to 65535 is needed (0: any free port).`);
}

function daysOf(text: string): number {
  if (/^[1-9]\d{0,4}$/.test(text)) return Number(text);
  throw new Error(
    `TURNOUT_HISTORY_DAYS is '${text}'; a number of days from 1 to 99999 is needed (default 90).`,
  );
}

function tokensOf(text: string): readonly string[] {
  const hashes = text
    .split(",")
    .map((hash) => hash.trim().toLowerCase())
    .filter((hash) => hash !== "");
  if (hashes.length > 0 && hashes.every((hash) => /^[0-9a-f]{64}$/.test(hash))) return hashes;
  throw new Error(
    "TURNOUT_TOKENS_SHA256 needs the SHA-256 of at least one token, as hex, separated by commas. " +
      'Make one: `printf %s "$TOKEN" | sha256sum`.',
  );
}
