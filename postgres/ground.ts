import {
  chownSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
} from "node:fs";
import { dirname, join } from "node:path";

const shelf = "/var/lib/turnout";

/**
 * Where the data of `home` lies. Postgres refuses root, and the user it runs as can't cross a 0700 folder above `home`;
 * then the data lies under /var/lib/turnout, `home` names it in the file `data-is-at`, and data that no home names
 * any more is removed.
 */
export function dataFolder(
  home: string,
  user: { readonly uid: number; readonly gid: number } | undefined,
): string {
  if (!user || canBeReached(home)) return join(home, "data");
  const sign = join(home, "data-is-at");
  const named = existsSync(sign) ? readFileSync(sign, "utf8") : "";
  if (existsSync(named)) {
    // The home may have been moved: data whose home is not where it was would count as forgotten.
    writeFileSync(join(named, "home"), home);
    return join(named, "data");
  }
  mkdirSync(shelf, { recursive: true, mode: 0o755 });
  removeForgotten();
  const place = mkdtempSync(join(shelf, "postgres-"));
  writeFileSync(join(place, "home"), home);
  chownSync(place, user.uid, user.gid);
  writeFileSync(sign, place);
  return join(place, "data");
}

/** True when every folder above may be crossed by anybody. */
function canBeReached(folder: string): boolean {
  const above = dirname(folder);
  return above === folder || ((statSync(above).mode & 0o001) !== 0 && canBeReached(above));
}

function removeForgotten(): void {
  for (const name of readdirSync(shelf)) {
    const place = join(shelf, name);
    const owner = join(place, "home");
    if (!existsSync(owner)) continue;
    const sign = join(readFileSync(owner, "utf8"), "data-is-at");
    if (existsSync(sign) && readFileSync(sign, "utf8") === place) continue;
    // A folder that was just made has no sign yet.
    if (Date.now() - statSync(owner).mtimeMs > 60_000) rmSync(place, { recursive: true, force: true });
  }
}
