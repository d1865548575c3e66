import { spawn } from "node:child_process";
import { globSync } from "node:fs";
import { delimiter, join } from "node:path";
import { cliFolder, pulumiCli } from "./pulumiCli.ts";

const root = join(import.meta.dirname, "..");

/** Mocha runs of their own, since Pulumi's mocks and its engine are global in a process. */
const suites = ["test", "mocks", "contract", "program", "e2e", "long"] as const;

/** Run only by its name: `npm run test:long`. */
const onlyByName = "long";

interface Sum {
  passed: number;
  failed: number;
  skipped: number;
}

const sum: Sum = { passed: 0, failed: 0, skipped: 0 };

// What mocha's children call: this checkout's Node 24 and the Pulumi CLI that the set-up keeps.
const cli = await pulumiCli((sentence) => {
  console.error(sentence);
}).catch((error: unknown) => {
  console.error(error instanceof Error ? error.message : error);
  process.exit(1);
});
const folders = [join(root, "node_modules/.bin"), ...(cli === "pulumi" ? [] : [cliFolder()])];
const environment = { ...process.env, PATH: [...folders, process.env["PATH"] ?? ""].join(delimiter) };

const only = process.argv.slice(2);
if (only.length === 0) {
  await Promise.all([
    check("format", "prettier", ["--check", "--log-level", "warn", "."]),
    check("lint", "eslint", ["."]),
    check("types", "tsc", []),
  ]);
}
for (const suite of suites) {
  const files = globSync(`tests/**/*.${suite}.ts`, { cwd: root })
    .filter((file) =>
      only.length === 0 ? suite !== onlyByName : only.includes(suite) || only.includes(file),
    )
    .sort();
  if (files.length > 0) await mocha(suite, files);
}
console.log(
  `${String(sum.passed)} passed, ${String(sum.failed)} failed${sum.skipped > 0 ? `, ${String(sum.skipped)} skipped` : ""}`,
);
process.exitCode = sum.failed === 0 && sum.passed > 0 ? 0 : 1;

/** One of the checks that are no tests: it counts as one. */
async function check(name: string, program: string, args: readonly string[]): Promise<void> {
  const { code } = await run(name, program, args);
  if (code === 0) sum.passed += 1;
  else sum.failed += 1;
}

/** A mocha run that dies before its summary counts as a failure: a test that did not run did not pass. */
async function mocha(suite: string, files: readonly string[]): Promise<void> {
  const { code, output } = await run(suite, "mocha", ["--forbid-only", "--timeout", "60000", ...files]);
  const count = (word: string): number =>
    Number(new RegExp(`^\\s+(\\d+) ${word}`, "m").exec(output)?.[1] ?? 0);
  const failed = count("failing");
  sum.passed += count("passing");
  sum.skipped += count("pending");
  sum.failed += failed === 0 && code !== 0 ? 1 : failed;
}

async function run(
  name: string,
  program: string,
  args: readonly string[],
): Promise<{ code: number; output: string }> {
  const began = Date.now();
  const child = spawn(program, args, { cwd: root, env: environment, stdio: ["ignore", "pipe", "inherit"] });
  let output = "";
  child.stdout.on("data", (piece: Buffer) => {
    output += piece.toString();
    process.stdout.write(piece);
  });
  const code = await new Promise<number>((end, fail) =>
    child.once("error", fail).once("close", (status) => {
      end(status ?? 1);
    }),
  );
  console.log(
    `${name}: ${code === 0 ? "ok" : "failed"} in ${String(Math.round((Date.now() - began) / 1000))} s`,
  );
  return { code, output };
}
