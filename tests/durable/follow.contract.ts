import { expect } from "chai";
import type { PoolClient } from "pg";
import { cutOff, type Outcome } from "./cuts.ts";
import { startDatabases, type Databases } from "./databases.ts";
import { endState } from "./endState.ts";
import { openLane, type Lane } from "./lane.ts";
import { scenarios, type Scenario } from "./scenarios.ts";

/** Rows that somebody else is about to write, not committed: whoever writes the same ones waits. */
const moments = [
  {
    name: "between writing the rest down and recording that",
    block: `insert into dbos.operation_outputs (workflow_uuid, function_id)
      select $1, max(function_id) + 1 from dbos.operation_outputs where workflow_uuid = $1`,
    done: "select 1 from turnout.runs where id = $1 || '-rest'",
  },
  {
    name: "between recording it and enqueueing the rest",
    block: "insert into dbos.workflow_status (workflow_uuid) values ($1 || '-rest')",
    done: "select 1 from dbos.operation_outputs where workflow_uuid = $1 and function_name like 'follow %'",
  },
] as const;

describe("a deployment killed inside the store, while it leads to the rest that follows it", function () {
  this.timeout(60_000);
  const scenario = scenarios.find(({ name }) => name === "blue-green") as Scenario;
  let databases: Databases;
  let lane: Lane;
  let whole: Outcome;

  before(async () => {
    databases = await startDatabases();
    lane = await openLane({ name: "follow", url: await databases.make("follow") });
    const { outcomes } = await cutOff(lane, [{ scenario, stack: "whole" }]);
    whole = outcomes[0] as Outcome;
    expect(whole.state.rests).to.deep.equal(["DELAYED"]);
  });
  after(async () => {
    await lane.close();
    await databases.stop();
  });

  for (const [index, { name, block, done }] of moments.entries())
    it(`${name}: the rest comes once`, async () => {
      const stack = lane.stack(`cut-${index}`);
      await scenario.prepare(lane, stack);
      const blocker = await lane.pool.connect();
      let come: (at: { run: string; worker: string }) => void = () => {};
      const there = new Promise<{ run: string; worker: string }>((settle) => (come = settle));
      stack.hold = ({ run, step }, worker) => {
        if (step !== "follow") return undefined;
        stack.hold = () => undefined;
        return blocker.query("begin").then(async () => {
          await blocker.query(block, [run]);
          come({ run, worker });
        });
      };
      await scenario.begin(lane, stack);
      const { run, worker } = await there;
      await until(
        async () => (await lane.pool.query(done, [run])).rowCount === 1 && (await waiters(blocker)) > 0,
      );
      await lane.kill(worker);
      // What waited in the dead process's name must not be written after its death.
      await blocker.query(`select pg_terminate_backend(pid) from pg_stat_activity where ${blocked}`);
      await blocker.query("rollback");
      blocker.release();
      const view = await lane.ended(run);
      expect(await endState(lane, stack, { view, since: 0 })).to.deep.equal(whole.state);
      expect((await lane.list({ stack: stack.name, kind: ["rest"] })).map(({ id }) => id)).to.deep.equal([
        `${run}-rest`,
      ]);
    });
});

const blocked = "pg_backend_pid() = any(pg_blocking_pids(pid))";

async function waiters(blocker: PoolClient): Promise<number> {
  const { rowCount } = await blocker.query(`select 1 from pg_stat_activity where ${blocked}`);
  return rowCount ?? 0;
}

async function until(condition: () => Promise<boolean>): Promise<void> {
  const signal = AbortSignal.timeout(10_000);
  while (!(await condition())) signal.throwIfAborted();
}
