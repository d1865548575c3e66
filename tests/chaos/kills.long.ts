import { expect } from "chai";
import { type Load, startLoad } from "../../bench/load.ts";
import { stack } from "../../scripts/pulumiEnvironment.ts";
import type { Deployment } from "../../service/deployments/deployment.ts";
import { randomFrom } from "../faults/random.ts";
import { eventually } from "../rehearsal/eventually.ts";
import { anyInstance, type AnyInstance } from "./anyInstance.ts";
import { endOf, seen } from "./endOf.ts";
import { leftOver, openFleet, type Fleet } from "./fleet.ts";
import { createStriker, type Strike, type Striker } from "./striker.ts";
import { courses, type Course } from "./courses.ts";
import { goodReleases } from "./person.ts";
import { judge } from "./verdict.ts";

/** A run that nobody cut off. */
interface Whole {
  readonly end: Awaited<ReturnType<typeof endOf>>;
  /** Names of what it recorded, in order, and how often it asked AWS something after each. */
  readonly recorded: readonly string[];
  readonly requests: ReadonlyMap<string, number>;
}

describe("kill -9 of the real service, once in each step", function () {
  this.timeout(120_000);
  const seed = Number(process.env["TURNOUT_SEED"] ?? Math.floor(Math.random() * 2 ** 31));
  const random = randomFrom(seed);
  let fleet: Fleet;
  let striker: Striker;
  let service: AnyInstance;
  let load: Load;
  const migrations = new Map<string, number>();

  before(async () => {
    console.log(`      seed ${seed}`);
    striker = createStriker(() => fleet);
    fleet = await openFleet({ services: 2, releases: goodReleases.slice(1), bystander: striker.bystander });
    const { token, shop } = fleet.house.connection;
    service = anyInstance({ services: fleet.services, token });
    load = startLoad({ url: shop, rate: 20 });
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
        const [requests, recorded] = [striker.counts(), await striker.recorded(run.id)];
        whole = { end, requests, recorded };
        await fleet.house.preview();
        expect(end.status).to.equal(course.ends);
        const asking = recorded.filter((_, index) => requests.has(recorded[index - 1] ?? ""));
        expect(asking.slice(asking.indexOf(course.steps[0] ?? ""))).to.deep.equal([
          ...course.steps,
          ...(course.then ?? []),
        ]);
      });

      for (const step of course.steps)
        it(`${step}: another instance goes on, and it ends the same`, async () => {
          await cutOff(course, whole, () => strikeIn(step, whole));
        });

      const { updates } = course;
      if (updates)
        it(`${updates.in}, while Pulumi updates: another instance goes on, and it ends the same`, async () => {
          const { nth } = updates;
          await cutOff(course, whole, () => striker.strikeUpdate({ nth, delay: Math.floor(random() * 400) }));
          await fleet.house.preview();
        });
    });

  describe("all in all", () => {
    it("left nothing over, did nothing twice, and no customer noticed", async () => {
      const { id } = await service.ask<Deployment>("POST", `/stacks/${stack}/rest-idle`);
      expect((await service.untilEnded(id)).status).to.equal("succeeded");
      expect(await leftOver(fleet)).to.deep.equal([]);
      const { deployments: history } = await service.ask<{ deployments: Deployment[] }>(
        "GET",
        "/deployments?limit=200",
      );
      const { writes } = fleet.aws;
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
    await eventually(() => Promise.resolve(expect(fleet.services()).to.have.length(2)), 30_000);
    const before = await seen(service);
    striker.counts();
    act();
    const { id } = await course.begin(service);
    const run = await service.untilEnded(id);
    // ECS forgets stopped tasks after a while.
    const started = (await fleet.truth.tasksStartedBy(id)).length;
    migrations.set(id, started);
    return { run, end: await endOf(service, run, { before, migrations: started }) };
  }

  async function cutOff(course: Course, whole: Whole, strike: () => Promise<string>) {
    let struck: { readonly at: number; readonly said: string } | undefined;
    let missed: unknown = new Error("it ended before it came to where it was to be killed");
    const { end, run } = await carryOut(course, () => {
      strike().then(
        (said) => (struck = { at: Date.now(), said }),
        (error: unknown) => (missed = error),
      );
    });
    if (!struck) throw missed;
    const took = (Date.parse(run.finishedAt ?? "") - struck.at) / 1000;
    console.log(`          killed ${struck.said}; it ended ${took.toFixed(1)} s later`);
    expect(end).to.deep.equal(whole.end);
  }

  /** At one of the step's requests, or a little later. */
  async function strikeIn(step: string, { recorded, requests }: Whole): Promise<string> {
    const after = recorded[recorded.indexOf(step) - 1] ?? "";
    const count = requests.get(after) ?? 0;
    const strike: Strike = {
      after,
      // A wait may be shorter the next time.
      nth: 1 + Math.floor(random() * Math.ceil(count / 2)),
      at: (["before", "after", "later"] as const)[Math.floor(random() * 3)] ?? "later",
      delay: Math.floor(random() * 300),
    };
    const operation = await striker.strike(strike);
    const when = strike.at === "later" ? `${strike.delay} ms after` : strike.at;
    return `${when} request ${strike.nth} of ${count}, ${operation}`;
  }
});
