import { chmod, copyFile, mkdir, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { build } from "esbuild";
import { releases, type ReleaseName, type ShopRelease } from "./releases.ts";

const here = import.meta.dirname;

/**
 * Bundles a release into `folder`, which is emptied first: server.mjs, migrate.mjs, release.json, nginx.conf, migrations/,
 * and image.json, its OCI image configuration. The same sources give the same bytes. Returns `folder`.
 */
export async function buildImage(name: ReleaseName, folder: string): Promise<string> {
  const release: ShopRelease = releases[name];
  await rm(folder, { recursive: true, force: true });
  await mkdir(join(folder, "migrations"), { recursive: true });
  await build({
    absWorkingDir: here,
    entryPoints: { server: "server.ts", migrate: "migrate.ts" },
    outdir: folder,
    outExtension: { ".js": ".mjs" },
    bundle: true,
    platform: "node",
    format: "esm",
    target: "node22",
    minifyWhitespace: true,
    legalComments: "none",
    // Optional native parts, which are not in the image.
    external: ["pg-native", "bufferutil", "utf-8-validate"],
    // CommonJS inside of a module needs its own require.
    banner: {
      js: 'import { createRequire as makeRequire } from "node:module"; const require = makeRequire(import.meta.url);',
    },
    logLevel: "error",
  });
  for (const file of release.migrations)
    await copyFile(join(here, "migrations", file), join(folder, "migrations", file));
  await copyFile(join(here, "front", release.configuration), join(folder, "nginx.conf"));
  await writeFile(join(folder, "release.json"), `${JSON.stringify(release, undefined, 2)}\n`);
  await writeFile(join(folder, "image.json"), `${JSON.stringify(imageConfiguration, undefined, 2)}\n`);
  await makePlain(folder, release);
  return folder;
}

const imageConfiguration = {
  config: {
    Cmd: ["node", "server.mjs"],
    Env: ["NODE_ENV=production", "PORT=8080"],
    ExposedPorts: { "8080/tcp": {} },
  },
};

/** Modes do not hang on the umask of whoever builds, so neither does the digest. */
async function makePlain(folder: string, release: ShopRelease): Promise<void> {
  const files = ["server.mjs", "migrate.mjs", "nginx.conf", "release.json", "image.json"];
  await chmod(join(folder, "migrations"), 0o755);
  for (const file of [...files, ...release.migrations.map((name) => `migrations/${name}`)])
    await chmod(join(folder, file), 0o644);
}
