import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { expect } from "chai";
import { startGuard } from "../../../rehearsal/tasks/guard.ts";
import { eventually } from "../eventually.ts";
import { isAlive } from "./alive.ts";

describe("the guard", function () {
  this.timeout(20_000);

  /** Resolves to the numbers of all three processes that guardedProcess started. */
  async function started(rehearsal: ChildProcess): Promise<readonly number[]> {
    const pids: number[] = [];
    let said = 0;
    for await (const line of createInterface({ input: rehearsal.stdout! })) {
      pids.push(
        ...line
          .split(" ")
          .map(Number)
          .filter((pid) => pid > 0),
      );
      said += 1;
      if (said === 2) break;
    }
    return pids;
  }

  for (const how of ["SIGKILL", "SIGTERM", "SIGINT"] as const)
    it(`ends every task and its children after ${how}, though they ignore SIGTERM`, async () => {
      const rehearsal = spawn(process.execPath, [join(import.meta.dirname, "guardedProcess.ts")], {
        stdio: ["ignore", "pipe", "inherit"],
      });
      const pids = await started(rehearsal);
      expect(pids).to.have.length(3);
      for (const pid of pids) expect(isAlive(pid), `${pid} runs`).to.equal(true);

      rehearsal.kill(how);
      await once(rehearsal, "exit");
      await eventually(() => Promise.resolve(expect(pids.filter(isAlive)).to.deep.equal([])));
    });

  it("leaves what it was told to forget, ends the others on close", async () => {
    const guard = startGuard();
    const [kept, ended] = [sleeper(), sleeper()];
    for (const { pid = 0 } of [kept, ended]) guard.watch(pid);
    guard.forget(kept.pid ?? 0);
    const gone = once(ended, "exit");
    await guard.close();
    expect((await gone)[1]).to.equal("SIGKILL");
    expect(isAlive(kept.pid ?? 0)).to.equal(true);
    kept.kill("SIGKILL");
    await once(kept, "exit");
  });
});

function sleeper(): ChildProcess {
  return spawn(process.execPath, ["-e", "setInterval(() => {}, 1e6)"], { detached: true, stdio: "ignore" });
}
