import { spawnSync } from "node:child_process";
import { cpSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect } from "chai";

const checkout = join(import.meta.dirname, "../..");

/** Starts a Postgres from the packages that were installed, asks it one question, prints the answer. */
const startsPostgres = `
  import { startPostgres } from "./postgres/postgres.ts";
  import pg from "pg";
  const server = await startPostgres({ folder: process.argv[2] });
  const client = new pg.Client({ connectionString: server.url });
  await client.connect();
  const { rows } = await client.query("select 6 * 7 as answer");
  await client.end();
  await server.stop();
  console.log("answer", rows[0].answer);
`;

describe("npm ci", () => {
  // npm 12 runs no install script that package.json does not allow, and still exits 0: without its script
  // Postgres lacks the links to its libraries, and only a start shows it.
  for (const npm of ["11.21.2", "12.2.0"]) {
    it(`of npm ${npm} installs all that Postgres and Node 24 need`, function () {
      this.timeout(300_000);
      const folder = mkdtempSync(join(tmpdir(), "turnout-install-"));
      try {
        for (const file of ["package.json", "package-lock.json", ".npmrc", "postgres"])
          cpSync(join(checkout, file), join(folder, file), { recursive: true });
        const install = spawnSync("npx", ["--yes", `npm@${npm}`, "ci", "--no-audit", "--no-fund"], {
          cwd: folder,
          encoding: "utf8",
        });
        expect(install.status, install.stderr).to.equal(0);
        const lock = JSON.parse(readFileSync(join(folder, "package-lock.json"), "utf8")) as {
          packages: object;
        };
        expect(lock.packages).to.have.property(`node_modules/node-linux-${process.arch}`);

        writeFileSync(join(folder, "start.mjs"), startsPostgres);
        const node = join(folder, "node_modules/.bin/node");
        const run = spawnSync(node, ["start.mjs", join(folder, "data")], { cwd: folder, encoding: "utf8" });
        expect(run.stdout, run.stderr).to.equal("answer 42\n");
      } finally {
        rmSync(folder, { recursive: true, force: true });
      }
    });
  }
});
