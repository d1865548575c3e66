// Installs the dependencies when they are missing or older than the lockfile. Plain JavaScript for any Node >= 20:
// it runs before there is anything installed, and before every npm script.
import { spawnSync } from "node:child_process";
import { existsSync, statSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";

const root = dirname(dirname(fileURLToPath(import.meta.url)));

/** npm writes this file last, so a killed install counts as missing. */
const installed = join(root, "node_modules/.package-lock.json");

const [major, minor] = process.versions.node.split(".").map(Number);
if (major < 20) end(`Node ${process.versions.node} is too old: Turnout's set-up needs Node 20 or newer.`);
if (mustInstall()) install();
const bundled = existsSync(join(root, "node_modules/.bin/node"));
if (!bundled && (major < 22 || (major === 22 && minor < 18)))
  end(
    `There is no Node 24 package for ${process.platform}-${process.arch}, and this is Node ${process.versions.node}: ` +
      "install Node >= 22.18 and type the same command again.",
  );

/** True when node_modules is missing or older than package-lock.json. */
function mustInstall() {
  return (
    !existsSync(installed) || statSync(installed).mtimeMs < statSync(join(root, "package-lock.json")).mtimeMs
  );
}

function install() {
  console.error("Turnout: installing dependencies (npm ci), about a minute…");
  const npm = spawnSync("npm", ["ci", "--no-audit", "--no-fund"], { cwd: root, stdio: ["ignore", 2, 2] });
  if (npm.error)
    end(`npm did not start: ${npm.error.message}. Install npm, then type the same command again.`);
  if (npm.status !== 0)
    end(
      "npm ci failed; its reason stands above. Mend it, then type the same command again.",
      npm.status ?? 1,
    );
}

function end(sentence, status = 1) {
  console.error(`Turnout: ${sentence}`);
  process.exit(status);
}
