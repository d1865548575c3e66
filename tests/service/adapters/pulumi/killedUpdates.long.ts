import { mkdir, readdir, stat, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { expect } from "chai";
import type { Release } from "../../../../infra/release.ts";
import { pulumi } from "../../../../service/adapters/pulumi/cli.ts";
import { createPulumiStacks } from "../../../../service/adapters/pulumi/stacks.ts";
import { type Engine, signal, stack, startEngine } from "../../../infra/engine.ts";
import { serve } from "../../../infra/results.ts";
import { memoryUpdates } from "../../fakes/memoryUpdates.ts";
import { folderOf, locksFolder } from "./places.ts";

describe("an update whose Pulumi CLI is killed", function () {
  this.timeout(180_000);
  let engine: Engine;
  let release: Release;
  let turn = 0;

  /** Another release each time, so that there is something to change. */
  const next = (): Release => ({ ...release, environment: { TURN: String((turn += 1)) } });

  before(async () => {
    engine = await startEngine();
    release = await serve(engine);
  });
  after(() => engine.close());

  it("goes on by itself when the CLI is killed, at any resource of the colour, and leaves nothing pending", async () => {
    for (const [resource, state] of [
      ["TaskDefinition::green", "starts"],
      ["TaskDefinition::green", "done"],
      ["Service::green", "done"],
    ] as const) {
      const updates = memoryUpdates();
      let kills = 0;
      const stacks = createPulumiStacks({
        folder: join(folderOf(engine), "killed"),
        environment: engine.environment,
        updates,
        listener: ({ urn, op }, now) => {
          if (kills > 0 || !urn.endsWith(resource) || op === "same" || now !== state) return;
          kills += 1;
          process.kill(updates.noted.at(-1)?.pid ?? 0, "SIGKILL");
        },
      });
      const { outputs } = await stacks.place(stack, { colour: "green", release: next() }, signal);
      expect(outputs.record.green?.release.environment).to.deep.equal({ TURN: String(turn) });
      expect([kills, updates.noted.length > 1], `${resource} ${state}`).to.deep.equal([1, true]);
      expect(await stacks.drift(stack, signal), `${resource} ${state}`).to.be.empty;
      expect(await pendingOperations()).to.deep.equal([]);
      stacks.close();
    }
  });

  it("goes on by itself when the clean-up after a killed CLI is killed, too", async () => {
    const folder = join(folderOf(engine), "killed");
    const command = join(folder, "pulumi-whose-first-refresh-dies");
    await mkdir(folder, { recursive: true });
    await writeFile(
      command,
      `#!/bin/sh
if [ "$1" = refresh ] && mkdir "$0.once" 2>/dev/null; then
  (while kill -0 $$; do grep -qs '"pid":'$$, "${locksFolder(engine)}"/* && kill -9 $$ && : > "$0.died"; done) 2>/dev/null &
fi
exec pulumi "$@"
`,
      { mode: 0o755 },
    );
    const updates = memoryUpdates();
    let kills = 0;
    const stacks = createPulumiStacks({
      ...{ folder, environment: engine.environment, updates, command },
      listener: ({ urn }, now) => {
        if (kills > 0 || !urn.endsWith("TaskDefinition::green") || now !== "done") return;
        kills += 1;
        process.kill(updates.noted.at(-1)?.pid ?? 0, "SIGKILL");
      },
    });
    const { outputs } = await stacks.place(stack, { colour: "green", release: next() }, signal);
    stacks.close();
    expect(outputs.record.green?.release.environment).to.deep.equal({ TURN: String(turn) });
    expect(kills).to.equal(1);
    expect((await stat(`${command}.died`)).isFile()).to.equal(true);
    expect(await readdir(locksFolder(engine))).to.deep.equal([]);
    expect(await pendingOperations()).to.deep.equal([]);
  });

  async function pendingOperations(): Promise<readonly unknown[]> {
    const exported = await pulumi(
      { command: "pulumi", environment: engine.environment, folder: join(folderOf(engine), "killed") },
      ["stack", "export", "--stack", stack],
      signal,
    );
    const { deployment } = JSON.parse(exported) as { deployment: { pending_operations?: unknown[] } };
    return deployment.pending_operations ?? [];
  }
});
