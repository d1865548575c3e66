import { expect } from "chai";
import { type Load, startLoad } from "../../bench/load.ts";
import { stack } from "../../scripts/pulumiEnvironment.ts";
import type { Deployment } from "../../service/deployments/deployment.ts";
import { randomFrom } from "../faults/random.ts";
import { eventually } from "../rehearsal/eventually.ts";
import { anyInstance, type AnyInstance } from "./anyInstance.ts";
import { courses, type Course, waits } from "./courses.ts";
import { endOf, seen } from "./endOf.ts";
import { leftOver, openFleet, type Fleet } from "./fleet.ts";
import { goodReleases, historyOf } from "./person.ts";
import { createStriker, type Strike, type Striker, type Struck } from "./striker.ts";
import { judge } from "./verdict.ts";

/** A run that nobody cut off. */
interface Whole {
  readonly end: Awaited<ReturnType<typeof endOf>>;
  /** Names of what it recorded, in order, and what it asked AWS after each. */
  readonly recorded: readonly string[];
  readonly requests: ReadonlyMap<string, readonly string[]>;
}

describe("kill -9 of the real service, once in each step", function () {
  this.timeout(300_000);
  const seed = Number(process.env["TURNOUT_SEED"] ?? Math.floor(Math.random() * 2 ** 31));
  const random = randomFrom(seed);
  let fleet: Fleet | undefined;
  let striker: Striker;
  let service: AnyInstance;
  let load: Load;
  const migrations = new Map<string, number>();
  const open = () => fleet as Fleet;

  before(async () => {
    console.log(`      seed ${seed}`);
    striker = createStriker(() => fleet);
    fleet = await openFleet({
      services: 2,
      releases: goodReleases.slice(1),
      bystander: striker.bystander,
    });
    const { token, shop } = fleet.house.connection;
    service = anyInstance({ services: fleet.services, token });
    load = startLoad({ url: shop, rate: 20, maxSeconds: 3600 });
  });
  after(async () => {
    await load?.stop();
    await striker.close();
    await fleet?.close();
  });

  for (const course of courses)
    describe(course.name, () => {
      let whole: Whole;

      it("ends as it should without a kill", async () => {
        const { end, run } = await carryOut(course, () => {});
        const [requests, recorded] = [striker.takeRequests(), await striker.recorded(run.id)];
        whole = { end, requests, recorded };
        expect(end.status).to.equal(course.ends);
        const asking = recorded.filter((_, index) => requests.has(recorded[index - 1] ?? ""));
        expect(asking.slice(asking.indexOf(course.steps[0] ?? ""))).to.deep.equal([
          ...course.steps,
          ...(course.then ?? []),
        ]);
      });

      for (const step of course.steps)
        it(`${step}: another instance goes on, and it ends the same`, async () => {
          const strike = strikeIn(course, step, whole);
          const { at, delay, operation, nth } = strike;
          const when = at === "later" ? `${delay} ms after` : at;
          await cutOff(course, whole, {
            where: `${when} its ${operation} number ${nth}`,
            strike: (signal) => striker.strike(strike, signal),
          });
        });

      const { updates } = course;
      if (updates)
        it(`${updates.in}, while Pulumi updates: another instance goes on, and it ends the same`, async () => {
          const update = { nth: updates.nth, delay: Math.floor(random() * 400) };
          await cutOff(course, whole, {
            where: `${update.delay} ms after Pulumi began`,
            strike: (signal) => striker.strikeUpdate(update, signal),
          });
        });

      it("left no drift", async () => {
        await open().house.preview();
      });
    });

  describe("all in all", () => {
    it("left nothing over, did nothing twice, and no customer noticed", async () => {
      const { id } = await service.ask<Deployment>("POST", `/stacks/${stack}/rest-idle`);
      expect((await service.untilEnded(id)).status).to.equal("succeeded");
      expect(await leftOver(open())).to.deep.equal([]);
      const history = await historyOf(service);
      const { writes } = open().aws;
      const verdict = judge({ history, writes, posted: [], answered: service.answered, migrations });
      expect(verdict).to.deep.equal({ stuck: [], overlaps: [], doubled: [], unexpected: [] });
      const { failures, requests } = await load.stop();
      console.log(`      ${history.length} runs, ${requests} customers' requests`);
      expect(failures).to.deep.equal([]);
    });
  });

  /** The course from its start to its end; `act` begins right before the run. */
  async function carryOut(course: Course, act: () => void) {
    await course.prepare?.(service);
    // One is killed, another one goes on.
    await eventually(() => Promise.resolve(expect(open().services()).to.have.length(2)), 30_000);
    const before = await seen(service);
    striker.takeRequests();
    act();
    const { id } = await course.begin(service);
    const run = await service.untilEnded(id);
    // ECS forgets stopped tasks after a while.
    const started = (await open().truth.tasksStartedBy(id)).length;
    migrations.set(id, started);
    return { run, end: await endOf(service, run, { before, migrations: started }) };
  }

  async function cutOff(
    course: Course,
    whole: Whole,
    how: { readonly where: string; readonly strike: (signal: AbortSignal) => Promise<Struck> },
  ) {
    const over = new AbortController();
    let struck: Struck | undefined;
    let missed: unknown = new Error(`it ended before it was killed ${how.where}`);
    const { end, run } = await carryOut(course, () => {
      how.strike(over.signal).then(
        (done) => (struck = done),
        (error: unknown) => (missed = error),
      );
    }).finally(() => over.abort());
    if (!struck) throw missed;
    const took = (Date.parse(run.finishedAt ?? "") - struck.at) / 1000;
    console.log(`          killed ${how.where}; it ended ${took.toFixed(1)} s later`);
    expect(took).to.be.above(0);
    expect(await striker.lastHand(run.id)).to.not.be.oneOf([0, struck.pid]);
    expect(end).to.deep.equal(whole.end);
  }

  /** At what the step writes, where it does; in a wait at one of its requests or a little later. */
  function strikeIn(course: Course, step: string, { recorded, requests }: Whole): Strike {
    const after = recorded[recorded.indexOf(step) - 1] ?? "";
    const asked = requests.get(after) ?? [];
    const isWait = waits.includes(step);
    // A wait may be shorter the next time, and what was found once need not be asked again.
    const index = Math.floor(random() * Math.ceil(asked.length / 2));
    const written = course.writes?.[step];
    const operation = written ?? asked[index] ?? "";
    const nth = written ? 1 : asked.slice(0, index + 1).filter((one) => one === operation).length;
    const ways = isWait ? (["before", "after", "later"] as const) : (["before", "after"] as const);
    const at = ways[Math.floor(random() * ways.length)] ?? "after";
    return { after, operation, nth, at, delay: Math.floor(random() * 300) };
  }
});
