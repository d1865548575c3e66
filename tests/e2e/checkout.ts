import { execFileSync } from "node:child_process";
import { appendFileSync, cpSync, mkdtempSync, rmSync, symlinkSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

const root = join(import.meta.dirname, "../..");

/** A copy of this checkout, committed, that shares its node_modules. */
export interface Checkout {
  readonly folder: string;
  /** `git status --porcelain`. */
  status(): string;
  remove(): void;
}

export function copyCheckout(): Checkout {
  const folder = mkdtempSync(join(tmpdir(), "turnout-checkout-"));
  const git = (cwd: string, ...words: readonly string[]) =>
    execFileSync("git", words, { cwd, encoding: "utf8" });
  const files = git(root, "ls-files", "-z", "--cached", "--others", "--exclude-standard").split("\0");
  for (const file of files.filter((name) => name !== ""))
    // With its times: the set-up compares those of the lockfile and node_modules.
    cpSync(join(root, file), join(folder, file), { preserveTimestamps: true });
  symlinkSync(join(root, "node_modules"), join(folder, "node_modules"));
  git(folder, "init", "--quiet");
  // The link is no folder, so .gitignore's `node_modules/` does not name it.
  appendFileSync(join(folder, ".git/info/exclude"), "node_modules\n");
  git(folder, "add", "--all");
  git(folder, "-c", "user.name=t", "-c", "user.email=t@example.com", "commit", "--quiet", "-m", "as it is");
  return {
    folder,
    status: () => git(folder, "status", "--porcelain"),
    remove: () => rmSync(folder, { recursive: true, force: true }),
  };
}
