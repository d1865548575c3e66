import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { type LoadReport, startLoad } from "../../bench/load.ts";
import type { Outputs } from "../../infra/outputs.ts";
import { keepPostgres } from "../../postgres/keep.ts";
import { Refused } from "../../scripts/api.ts";
import { openTestHouse, type TestHouse } from "../e2e/testHouse.ts";
import { randomFrom } from "../faults/random.ts";
import { openTruth, type Truth } from "../faults/truth.ts";
import { eventually } from "../rehearsal/eventually.ts";
import { keepInstance, type Instance } from "./instances.ts";
import { createKiller, type Killer } from "./killer.ts";
import { createPerson, moved, type Person, type Posted } from "./person.ts";
import { startRecordingAws } from "./recordingAws.ts";
import { judge, type Verdict } from "./verdict.ts";

/** Customers' requests a second. */
const rate = 20;
/** Milliseconds between two kills. */
const pause = { least: 1000, most: 6000 };

export interface Havoc {
  readonly seed: number;
  readonly kills: Killer["counts"];
  readonly runs: number;
  readonly verdict: Verdict;
  readonly load: LoadReport;
  /** Instances that ended though nobody killed them: they had lost their runs to another one. */
  readonly lost: number;
}

/**
 * Kills services, their Postgres and their Pulumi updates at random moments while people deploy and customers come, and
 * lets it end in calm.
 *
 * @param given.say told how it goes
 */
export async function wreakHavoc(given: {
  readonly kills: number;
  readonly services: number;
  readonly seed: number;
  readonly say: (words: string) => void;
}): Promise<Havoc> {
  const closers: (() => Promise<void> | void)[] = [];
  try {
    return await go(given, (close) => closers.push(close));
  } finally {
    for (const close of closers.reverse()) await close();
  }
}

async function go(
  given: Parameters<typeof wreakHavoc>[0],
  onClose: (close: () => Promise<void> | void) => void,
): Promise<Havoc> {
  const { kills, services, seed, say } = given;
  const house = await openTestHouse({
    speed: 10,
    // Longer than the shop's slowest answer, as short as that allows.
    configuration: { "turnout:deregistrationDelay": "4" },
  });
  onClose(() => house.close());
  for (const release of ["1.1", "1.2-error-page"] as const) await house.push(release);
  const { folder, token, awsEndpoint, shop } = house.connection;
  // Its place is taken by several that share a database.
  await house.service.stop();
  const postgres = await keepPostgres({ folder: join(folder, "chaos-postgres"), warn: () => {} });
  onClose(() => postgres.stop());
  const aws = await startRecordingAws(awsEndpoint);
  onClose(() => aws.close());
  const instances: Instance[] = [];
  const killer = createKiller({
    instances: () => instances,
    database: postgres.url,
    random: randomFrom(seed),
  });
  const environment = { ...house.environment, AWS_ENDPOINT_URL: aws.url, DATABASE_URL: postgres.url };
  for (let number = 1; number <= services; number += 1) {
    const instance = keepInstance({ number, folder, environment, token, killed: killer.killed });
    instances.push(instance);
    onClose(() => instance.close());
  }
  const person = createPerson({
    services: () => instances.flatMap((instance) => instance.now()?.service ?? []),
    token,
    random: randomFrom(seed + 1),
  });
  const truth = openTruth(house.connection, await outputsOf(house));
  onClose(() => truth.close());
  const load = startLoad({ url: shop, rate, maxSeconds: 36_000, maxRequests: 1_000_000 });
  onClose(async () => void (await load.stop()));

  const { posted, migrations } = await deployMeanwhile({ person, truth }, () =>
    killAll(killer, { kills, seed, say }),
  );
  say("calm: one deployment to the end, and a rest");
  const last = await person.calmTurn();
  posted.push(last);
  migrations.set(last.run.id, (await truth.tasksStartedBy(last.run.id)).length);
  const left = await atRest({ house, truth, person });
  const history = await person.history();
  const seen = { history, writes: aws.writes, posted, answered: person.answered, migrations };
  const verdict = judge(seen);
  return {
    seed,
    kills: killer.counts,
    runs: history.length,
    verdict: { ...verdict, doubled: [...verdict.doubled, ...left] },
    load: await load.stop(),
    lost: instances.reduce((sum, instance) => sum + instance.lost(), 0),
  };
}

async function killAll(
  killer: Killer,
  {
    kills,
    seed,
    say,
  }: { readonly kills: number; readonly seed: number; readonly say: (words: string) => void },
): Promise<void> {
  const random = randomFrom(seed + 2);
  for (let n = 1; n <= kills; n += 1) {
    await sleep(pause.least + (pause.most - pause.least) * random());
    await killer.kill();
    if (n % 10 === 0) say(`${n} of ${kills} kills: ${JSON.stringify(killer.counts)}`);
  }
}

/** One turn after the other until `act` is over. */
async function deployMeanwhile(
  { person, truth }: { readonly person: Person; readonly truth: Truth },
  act: () => Promise<void>,
): Promise<{ readonly posted: Posted[]; readonly migrations: Map<string, number> }> {
  const posted: Posted[] = [];
  const migrations = new Map<string, number>();
  const over = new AbortController();
  const turns = async () => {
    while (!over.signal.aborted) {
      try {
        const ended = await person.turn();
        posted.push(...ended);
        // ECS forgets stopped tasks after a while.
        for (const { run } of ended) migrations.set(run.id, (await truth.tasksStartedBy(run.id)).length);
      } catch (error) {
        // What is live by now can't be deployed again: the next turn looks anew.
        if (!(error instanceof Refused)) throw error;
      }
    }
  };
  await Promise.all([turns(), act().finally(() => over.abort())]);
  return { posted, migrations };
}

/** Waits for the rest after the last run; throws where AWS is not what history says, answers what was left over. */
async function atRest(at: {
  readonly house: TestHouse;
  readonly truth: Truth;
  readonly person: Person;
}): Promise<readonly string[]> {
  const { house, truth, person } = at;
  await eventually(async () => {
    const { idle, desired } = await truth.idle();
    if (desired !== 0) throw new Error(`${idle} does not rest: ${desired} tasks are desired`);
    const [rest] = (await person.history()).filter(({ kind }) => kind === "rest");
    if (rest?.status !== "succeeded") throw new Error(`the last rest is ${rest?.status ?? "not there"}`);
  }, 60_000);
  const live = await truth.live();
  const expected = moved(await person.history());
  if (live.release !== expected || live.weights[0] !== 100)
    throw new Error(
      `${live.release} is live with ${live.weights.join(" to ")}; by the history it is ${expected}`,
    );
  await house.preview();
  const { record } = await outputsOf(house);
  const named = [record.blue, record.green, ...record.recent].map((spec) => spec?.taskDefinition);
  const active = await truth.activeRevisions();
  return active.filter((arn) => !named.includes(arn)).map((arn) => `${arn} is left over`);
}

async function outputsOf(house: TestHouse): Promise<Outputs> {
  return JSON.parse(await house.pulumi("stack", "output", "--json")) as Outputs;
}

/** The figures that a machine reads. */
export function figuresOf({ seed, kills, runs, verdict, load }: Havoc) {
  const { stuck, overlaps, doubled, unexpected } = verdict;
  return {
    kills: Object.values(kills).reduce((sum, count) => sum + count, 0),
    runs,
    stuck: stuck.length,
    overlaps: overlaps.length,
    doubled: doubled.length,
    unexpected: unexpected.length,
    failedRequests: load.failed,
    seed,
  };
}

/** One line for each thing that went wrong. */
export function complaints({ verdict, load }: Havoc): readonly string[] {
  return [
    ...Object.entries(verdict).flatMap(([kind, found]: [string, readonly string[]]) =>
      found.map((what) => `${kind}: ${what}`),
    ),
    ...load.failures.map((failure) => `failed request: ${JSON.stringify(failure)}`),
  ];
}
