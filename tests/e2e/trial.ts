import { expect } from "chai";
import { type Load, type Snapshot, startLoad } from "../../bench/load.ts";
import type { ReleaseName } from "../../examples/shop/releases.ts";
import type { Deployment } from "../../service/deployments/deployment.ts";
import type { StackView } from "../../service/deployments/stackView.ts";
import { eventually } from "../rehearsal/eventually.ts";
import { openTestHouse, type TestHouse } from "./testHouse.ts";

/** Releases that are tried on a house under load, and what customers noticed of each. */
export class Trial {
  readonly house: TestHouse;
  readonly load: Load;

  constructor(house: TestHouse, load: Load) {
    this.house = house;
    this.load = load;
  }

  /** On a house of its own at real intervals, with 60 requests a second; 1.1 is pushed. */
  static async open(): Promise<Trial> {
    const house = await openTestHouse();
    await house.push("1.1");
    return new Trial(house, startLoad({ url: house.connection.shop, rate: 60, streams: 1, sockets: 1 }));
  }

  async close(): Promise<void> {
    await this.load.stop();
    await this.house.close();
  }

  /**
   * Deploys a release and answers how that ended; `served` is what customers got from it, `failed` how many of their
   * requests failed meanwhile, by a release's answer or without any, `before` the stack as it was.
   */
  async tried(release: ReleaseName, request: object = {}) {
    const before = await this.house.view();
    const then = await settled(this.load);
    await this.house.push(release);
    const run = await this.house.ended(await this.house.deploy({ image: `shop:${release}`, ...request }));
    const after = await settled(this.load);
    const failures = after.failures.slice(then.failures.length);
    const served = after.releases[release]?.requests ?? 0;
    return { run, served, failed: after.failed - then.failed, failures, before };
  }

  /** The same colour serves the same release, and the other one has gone to zero with the release that it had. */
  async untouched(before: StackView): Promise<void> {
    const view = await this.house.view();
    const idle = before.live === "blue" ? "green" : "blue";
    expect(view).to.include({ live: before.live, running: null });
    expect(view.weights).to.deep.equal(before.weights);
    expect(view.weights[before.live ?? "blue"]).to.equal(100);
    for (const colour of ["blue", "green"] as const)
      expect(view.colours[colour].release).to.equal(before.colours[colour].release);
    expect(view.colours[idle].tasks.desired).to.equal(0);
    expect(view.drift).to.deep.equal([]);
  }

  /** The good one goes the way that the bad ones go, and stays. */
  async isGood({ bake }: { readonly bake: number }): Promise<void> {
    const { run, served, before, ...customers } = await this.tried("1.1", { bake });
    expect(run.error).to.equal(undefined);
    expect(run.status).to.equal("succeeded");
    expect(run.steps.filter(({ status }) => status !== "done")).to.deep.equal([]);
    const step = run.steps.find(({ name }) => name === "bake");
    const watched = Date.parse(step?.finishedAt ?? "") - Date.parse(step?.startedAt ?? "");
    expect(watched).to.be.at.least(bake * 1000);
    harmless(customers);
    const now = await this.house.view();
    expect(now.live).to.not.equal(before.live);
    expect(now.colours[now.live ?? "blue"].release).to.equal("shop:1.1");
    await eventually(() =>
      Promise.resolve(expect(this.load.snapshot().releases["1.1"]?.requests).to.be.above(served)),
    );
  }
}

/** The figures when all requests that are on their way now have ended. */
export async function settled(load: Load): Promise<Snapshot> {
  const { requests, inFlight } = load.snapshot();
  await eventually(() =>
    Promise.resolve(expect(load.snapshot().requests).to.be.at.least(requests + inFlight)),
  );
  return load.snapshot();
}

/** Nobody's request failed while it was tried. The load keeps the words of its first 20 failures only. */
export function harmless({ failed, failures }: Pick<Snapshot, "failed" | "failures">): void {
  expect(failures).to.deep.equal([]);
  expect(failed).to.equal(0);
}

/** The step that stopped it; those after it never ran. */
export function stopper({ steps }: Deployment): string | undefined {
  return steps.find(({ status }) => status === "failed")?.name;
}
