import { expect } from "chai";
import { type Load, startLoad } from "../../bench/load.ts";
import type { Outputs } from "../../infra/outputs.ts";
import type { Deployment } from "../../service/deployments/deployment.ts";
import { openTestHouse, type TestHouse } from "../e2e/testHouse.ts";
import { eventually } from "../rehearsal/eventually.ts";
import type { Turn } from "./course.ts";
import { type FaultyAws, type Faults, startFaultyAws } from "./faultyAws.ts";
import { randomFrom } from "./random.ts";
import { openTruth, type Truth } from "./truth.ts";

/** Requests a second of customers, while everything goes on. */
const rate = 20;

/** How one turn ended. */
export interface Ended {
  readonly turn: Turn;
  readonly run: Deployment;
  readonly undo?: Deployment;
  /** From the POST to the end, the undo not counted. */
  readonly seconds: number;
}

/** A house of its own whose service sees a bad AWS, and customers. */
export interface Lane {
  readonly tally: FaultyAws["tally"];
  /** Ends the load, and answers its report. */
  readonly stopLoad: Load["stop"];
  /** `shop:1.0` at first. */
  live(): string;
  /** Deploys, undoes where the turn says so, and fails where AWS itself is not as a clean end leaves it. */
  take(turn: Turn): Promise<Ended>;
  /** Fails when the idle colour does not come to rest, or `pulumi preview` sees a change. */
  atRest(): Promise<void>;
  close(): Promise<void>;
}

export async function openLane(given: { readonly faults: Faults; readonly seed: number }): Promise<Lane> {
  let aws: FaultyAws | undefined;
  const house = await openTestHouse({
    speed: 10,
    // Longer than the shop's slowest answer, as short as that allows.
    configuration: { "turnout:deregistrationDelay": "4" },
    awsFor: async (endpoint) => {
      aws = await startFaultyAws(endpoint, { faults: given.faults, random: randomFrom(given.seed) });
      return aws.url;
    },
  });
  if (!aws) throw new Error("the house did not ask for its AWS");
  const faulty = aws;
  for (const release of ["1.1", "1.2-error-page"] as const) await house.push(release);
  const outputs = JSON.parse(await house.pulumi("stack", "output", "--json")) as Outputs;
  const truth = openTruth(house.connection, outputs);
  const load = startLoad({ url: house.connection.shop, rate, maxSeconds: 7200 });
  let live = "shop:1.0";
  return {
    tally: faulty.tally,
    stopLoad: () => load.stop(),
    live: () => live,
    take: async (turn) => {
      const ended = await carryOut(house, turn);
      live = await endedCleanly(truth, { ended, before: live });
      return ended;
    },
    atRest: async () => {
      await eventually(async () => {
        const { idle, desired } = await truth.idle();
        expect({ idle, desired }).to.deep.equal({ idle, desired: 0 });
      }, 60_000);
      expect(await house.preview()).to.match(/\d+ unchanged/);
    },
    close: async () => {
      await load.stop();
      truth.close();
      await house.close();
      await faulty.close();
    },
  };
}

async function carryOut(house: TestHouse, turn: Turn): Promise<Ended> {
  const began = Date.now();
  const run = await house.ended(await house.deploy(turn.request));
  const seconds = (Date.now() - began) / 1000;
  if (!turn.undone || run.status !== "succeeded") return { turn, run, seconds };
  return { turn, run, seconds, undo: await house.ended(await house.undo()) };
}

/** Answers what is live after it. */
async function endedCleanly(
  truth: Truth,
  { ended, before }: { readonly ended: Ended; readonly before: string },
): Promise<string> {
  const { turn, run, undo } = ended;
  const evidence = `${run.id}: ${JSON.stringify([run.error, run.undoErrors], undefined, 1)}`;
  expect(run.status, evidence).to.equal(turn.good ? "succeeded" : "rolled-back");
  expect(undo?.status ?? "succeeded", JSON.stringify(undo?.error)).to.equal("succeeded");
  const migrations = await truth.tasksStartedBy(run.id);
  if (run.migrated) expect(migrations, run.id).to.have.length(1);
  expect(migrations.length, `migrations of ${run.id}`).to.be.at.most(1);
  const live = run.status === "succeeded" && !undo ? turn.request.image : before;
  expect(await truth.live()).to.deep.equal({ release: live, weights: [100, 0] });
  return live;
}
