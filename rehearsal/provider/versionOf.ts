import { createRequire } from "node:module";

const require = createRequire(import.meta.url);

/** The installed version of a package. A provider has that of its SDK, so that programs get one provider and not two. */
export function versionOf(name: string): string {
  return (require(`${name}/package.json`) as { readonly version: string }).version;
}
