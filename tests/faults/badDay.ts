import { expect } from "chai";
import { type Load, startLoad } from "../../bench/load.ts";
import type { Outputs } from "../../infra/outputs.ts";
import type { Deployment } from "../../service/deployments/deployment.ts";
import { openTestHouse, type TestHouse } from "../e2e/testHouse.ts";
import { eventually } from "../rehearsal/eventually.ts";
import { turn, type Turn } from "./course.ts";
import { type FaultyAws, startFaultyAws } from "./faultyAws.ts";
import { randomFrom } from "./random.ts";
import { openTruth, type Truth } from "./truth.ts";

const faults = { throttled: 0.3, broken: 0.05, lost: 0.05 };

/** Requests a second of customers, while everything goes on. */
const rate = 20;

interface Ended {
  readonly turn: Turn;
  readonly run: Deployment;
  readonly undo?: Deployment;
  /** From the POST to the end. */
  readonly seconds: number;
}

/**
 * The suite: so many deployments over an AWS that throttles, breaks and loses answers. TURNOUT_SEED repeats a course of
 * faults, as far as requests come in the same order.
 */
export function badDay(deployments: number): void {
  const seed = Number(process.env["TURNOUT_SEED"] ?? Math.floor(Math.random() * 2 ** 31));
  const all: Ended[] = [];
  let house: TestHouse;
  let aws: FaultyAws;
  let truth: Truth;
  let load: Load;

  before(async () => {
    console.log(`      seed ${seed}`);
    house = await openTestHouse({
      speed: 10,
      configuration: { "turnout:deregistrationDelay": "4" },
      awsFor: async (endpoint) => {
        aws = await startFaultyAws(endpoint, { faults, random: randomFrom(seed) });
        return aws.url;
      },
    });
    for (const release of ["1.1", "1.2-error-page"] as const) await house.push(release);
    const outputs = JSON.parse(await house.pulumi("stack", "output", "--json")) as Outputs;
    truth = openTruth(house.connection, outputs);
    load = startLoad({ url: house.connection.shop, rate, maxSeconds: 7200 });
  });
  after(async () => {
    await load?.stop();
    truth?.close();
    await house?.close();
    await aws?.close();
  });

  it(`${deployments} deployments each end as they should, with one migration at most`, async () => {
    let live = "shop:1.0";
    for (let n = 0; n < deployments; n += 1) {
      const ended = await take(turn(n, live));
      all.push(ended);
      live = await endedCleanly(ended, live);
      if (all.length % 10 === 0 || deployments <= 10) sayTurn(ended);
    }
  });

  it("the idle colour rests at last, and nothing has drifted", async () => {
    await eventually(async () => {
      const { idle, desired } = await truth.idle();
      expect({ idle, desired }).to.deep.equal({ idle, desired: 0 });
    }, 60_000);
    expect(await house.preview()).to.match(/\d+ unchanged/);
  });

  it("AWS was as bad as it should be, and no customer noticed", async () => {
    const report = await load.stop();
    sayAll(report.requests, report.failed);
    const { requests } = aws.tally;
    for (const fault of ["throttled", "broken", "lost"] as const) {
      // Five standard deviations: the chance of a false alarm is below one in a million.
      const spread = 5 * Math.sqrt((faults[fault] * (1 - faults[fault])) / requests);
      expect(aws.tally[fault] / requests, fault).to.be.closeTo(faults[fault], spread);
    }
    expect(report.failures).to.deep.equal([]);
    expect(report.failed).to.equal(0);
    expect(Object.keys(report.releases)).to.have.members(["1.0", "1.1"]);
  });

  async function take(what: Turn): Promise<Ended> {
    const began = Date.now();
    const run = await house.ended(await house.deploy(what.request));
    const seconds = (Date.now() - began) / 1000;
    if (!what.undone || run.status !== "succeeded") return { turn: what, run, seconds };
    return { turn: what, run, seconds, undo: await house.ended(await house.undo()) };
  }

  /** Answers what is live after it. */
  async function endedCleanly(
    { turn: { good, release }, run, undo }: Ended,
    before: string,
  ): Promise<string> {
    const evidence = `${run.id}: ${JSON.stringify([run.error, run.undoErrors], undefined, 1)}`;
    if (run.status !== "succeeded" && good)
      console.log(`      shop:${release} was ${run.status}: ${evidence}`);
    expect(run.status, evidence).to.be.oneOf(good ? ["succeeded", "rolled-back"] : ["rolled-back"]);
    expect(undo?.status ?? "succeeded", JSON.stringify(undo?.error)).to.equal("succeeded");
    expect((await truth.tasksStartedBy(run.id)).length, `migrations of ${run.id}`).to.be.at.most(1);
    const live = run.status === "succeeded" && !undo ? `shop:${release}` : before;
    expect(await truth.live()).to.deep.equal({ release: live, weights: [100, 0] });
    return live;
  }

  function sayTurn({ turn: { release }, run, undo, seconds }: Ended): void {
    const how = `${run.status}${undo ? `, undone: ${undo.status}` : ""}`;
    console.log(
      `      ${all.length}: shop:${release} ${how} in ${seconds.toFixed(1)} s; ${aws.tally.requests} requests`,
    );
  }

  function sayAll(customers: number, failed: number): void {
    const { requests, throttled, broken, lost, lostOperations } = aws.tally;
    const count = (matches: (ended: Ended) => boolean) => all.filter(matches).length;
    const seconds = all.map((ended) => ended.seconds).sort((a, b) => a - b);
    const writes = [...lostOperations].filter(([name]) => !/^(Describe|List|Get)/.test(name));
    console.log(
      [
        `seed ${seed}: ${all.length} deployments, ${count(({ run }) => run.status === "succeeded")} succeeded`,
        `(${count(({ undo }) => undo !== undefined)} of them undone),`,
        `${count(({ run }) => run.status === "rolled-back")} rolled back`,
        `(${count(({ turn: { good } }) => !good)} of bad releases);`,
        `median ${seconds[seconds.length >> 1]?.toFixed(1)} s a deployment, longest ${seconds.at(-1)?.toFixed(1)} s\n     `,
        `requests to AWS ${requests}: throttled ${throttled}, 5xx ${broken}, answers lost ${lost},`,
        `of them writes: ${writes.map(([name, times]) => `${name} ${times}`).join(", ")}\n     `,
        `customers' requests ${customers}, failed ${failed}`,
      ].join(" "),
    );
  }
}
