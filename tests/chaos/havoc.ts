import { setTimeout as sleep } from "node:timers/promises";
import { type Load, type LoadReport, startLoad } from "../../bench/load.ts";
import { Refused } from "../../scripts/api.ts";
import { randomFrom } from "../faults/random.ts";
import type { Truth } from "../faults/truth.ts";
import { eventually } from "../rehearsal/eventually.ts";
import { anyInstance, type AnyInstance } from "./anyInstance.ts";
import { leftOver, openFleet, type Fleet } from "./fleet.ts";
import { createKiller, type Killer } from "./killer.ts";
import { createPerson, goodReleases, historyOf, moved, type Person, type Posted } from "./person.ts";
import { judge, sayRun, type Verdict } from "./verdict.ts";

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
  const fleet = await openFleet({
    services: given.services,
    releases: [...goodReleases.slice(1), "1.2-error-page"],
  });
  const { shop } = fleet.house.connection;
  const load = startLoad({ url: shop, rate, maxSeconds: 36_000, maxRequests: 1_000_000 });
  try {
    return await live(fleet, load, given);
  } finally {
    await load.stop();
    await fleet.close();
  }
}

async function live(fleet: Fleet, load: Load, given: Parameters<typeof wreakHavoc>[0]): Promise<Havoc> {
  const { house, truth, instances } = fleet;
  const { kills, seed, say } = given;
  const service = anyInstance({ services: fleet.services, token: house.connection.token });
  const person = createPerson({ service, random: randomFrom(seed + 1) });
  const killer = createKiller(fleet, randomFrom(seed));
  const { posted, migrations } = await deployMeanwhile({ person, truth }, (signal) =>
    killAll(killer, { kills, seed, say, signal }),
  ).finally(() => killer.close());
  say("calm: one deployment to the end, and a rest");
  const last = await person.calmTurn();
  posted.push(last);
  migrations.set(last.run.id, (await truth.tasksStartedBy(last.run.id)).length);
  const wrong = await wrongAtRest(fleet, service);
  const history = await historyOf(service);
  const seen = { history, writes: fleet.aws.writes, posted, answered: service.answered, migrations };
  const verdict = judge(seen);
  return {
    seed,
    kills: killer.counts,
    runs: history.length,
    verdict: { ...verdict, unexpected: [...verdict.unexpected, ...wrong] },
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
    signal,
  }: {
    readonly kills: number;
    readonly seed: number;
    readonly say: (words: string) => void;
    readonly signal: AbortSignal;
  },
): Promise<void> {
  const random = randomFrom(seed + 2);
  for (let n = 1; n <= kills; n += 1) {
    await sleep(pause.least + (pause.most - pause.least) * random(), undefined, { signal });
    await killer.kill(signal);
    if (n % 10 === 0) say(`${n} of ${kills} kills: ${JSON.stringify(killer.counts)}`);
  }
}

/** One turn after the other until `act` is over. */
async function deployMeanwhile(
  { person, truth }: { readonly person: Person; readonly truth: Truth },
  act: (signal: AbortSignal) => Promise<void>,
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
  // Whichever fails first ends the other.
  const failed = new AbortController();
  const acting = act(failed.signal).finally(() => over.abort());
  await Promise.all([turns(), acting]).finally(() => failed.abort());
  return { posted, migrations };
}

/** Waits for the rest after the last run, and answers where AWS is not what history says then. */
async function wrongAtRest(fleet: Fleet, service: AnyInstance): Promise<readonly string[]> {
  const { house, truth } = fleet;
  const found: string[] = [];
  const rests = async () => {
    const { idle, desired } = await truth.idle();
    if (desired !== 0) throw new Error(`${idle} does not rest: ${desired} tasks are desired`);
    const [rest] = (await historyOf(service)).filter(({ kind }) => kind === "rest");
    if (rest?.status !== "succeeded") throw new Error(`the last rest is ${rest?.status ?? "not there"}`);
  };
  await eventually(rests, 60_000).catch((error: Error) => found.push(error.message));
  const live = await truth.live();
  const history = await historyOf(service);
  const expected = moved(history);
  if (live.release !== expected || live.weights[0] !== 100)
    found.push(`${live.release} is live with ${live.weights.join(" to ")}; by the history it is ${expected}`);
  await house.preview().catch((error: Error) => found.push(error.message));
  found.push(...(await leftOver(fleet)));
  return found.length === 0 ? [] : [...found, `the last runs: ${history.slice(0, 6).map(sayRun).join("; ")}`];
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
