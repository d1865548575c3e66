import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { clockAt } from "../../rehearsal/cloud/clock.ts";
import type { Ground } from "../../rehearsal/cloud/cloud.ts";

/** Ground with a folder of its own and AWS's own delays a thousandth as long. `remove` deletes the folder. */
export async function testGround(): Promise<Ground & { readonly remove: () => Promise<void> }> {
  const folder = await mkdtemp(join(tmpdir(), "rehearsal-"));
  return {
    identity: { account: "123456789012", region: "eu-central-1" },
    clock: clockAt(1000),
    network: "127.16.0",
    folder,
    remove: () => rm(folder, { recursive: true, force: true }),
  };
}
