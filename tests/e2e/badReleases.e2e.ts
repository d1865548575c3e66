import { execFileSync } from "node:child_process";
import { expect } from "chai";
import { type Load, type Snapshot, startLoad } from "../../bench/load.ts";
import type { ReleaseName } from "../../examples/shop/releases.ts";
import type { Deployment } from "../../service/deployments/deployment.ts";
import type { StackView } from "../../service/deployments/stackView.ts";
import { eventually } from "../rehearsal/eventually.ts";
import { skip } from "../skip.ts";
import { openTestHouse, type TestHouse } from "./testHouse.ts";

/** Seconds of the bake in which the crash must be seen; the release crashes 20 s after its first customer. */
const crashBake = 30;

describe("a bad release", function () {
  this.timeout(120_000);
  let house: TestHouse;
  let load: Load;
  /** Customers' requests that failed while the crashing release was deployed: the only ones that may. */
  let crashed = 0;

  before(async () => {
    house = await openTestHouse();
    await house.push("1.1");
    load = startLoad({ url: house.connection.shop, rate: 60, streams: 1, sockets: 1 });
  });
  after(async () => {
    await load?.stop();
    await house?.close();
  });

  /**
   * Deploys a release and answers how that ended; `served` is what customers got from it, `failed` how many of their
   * requests failed meanwhile, by a release's answer or without any, `before` the stack as it was.
   */
  async function tried(release: ReleaseName, request: object = {}) {
    const before = await house.view();
    const then = await settled();
    await house.push(release);
    const run = await house.ended(await house.deploy({ image: `shop:${release}`, ...request }));
    const after = await settled();
    const failures = after.failures.slice(then.failures.length);
    const served = after.releases[release]?.requests ?? 0;
    return { run, served, failed: after.failed - then.failed, failures, before };
  }

  /** The figures when all requests that are on their way now have ended. */
  async function settled(): Promise<Snapshot> {
    const { requests, inFlight } = load.snapshot();
    await eventually(() =>
      Promise.resolve(expect(load.snapshot().requests).to.be.at.least(requests + inFlight)),
    );
    return load.snapshot();
  }

  /** Nobody's request failed while it was tried. The load keeps the words of its first 20 failures only. */
  function harmless({ failed, failures }: Pick<Snapshot, "failed" | "failures">): void {
    expect(failures).to.deep.equal([]);
    expect(failed).to.equal(0);
  }

  /** The step that stopped it; those after it never ran. */
  function stopper({ steps }: Deployment): string | undefined {
    return steps.find(({ status }) => status === "failed")?.name;
  }

  /** The same colour serves the same release, and the other one has gone to zero with the release that it had. */
  async function untouched(before: StackView): Promise<void> {
    const view = await house.view();
    const idle = before.live === "blue" ? "green" : "blue";
    expect(view).to.include({ live: before.live, running: null });
    expect(view.weights).to.deep.equal(before.weights);
    expect(view.weights[before.live ?? "blue"]).to.equal(100);
    for (const colour of ["blue", "green"] as const)
      expect(view.colours[colour].release).to.equal(before.colours[colour].release);
    expect(view.colours[idle].tasks.desired).to.equal(0);
    expect(view.drift).to.deep.equal([]);
  }

  /** The good one goes the way that the bad ones below go, and stays. */
  async function isGood({ bake }: { readonly bake: number }): Promise<void> {
    const { run, served, before, ...customers } = await tried("1.1", { bake });
    expect(run.error).to.equal(undefined);
    expect(run.status).to.equal("succeeded");
    expect(run.steps.filter(({ status }) => status !== "done")).to.deep.equal([]);
    const step = run.steps.find(({ name }) => name === "bake");
    expect(Date.parse(step?.finishedAt ?? "") - Date.parse(step?.startedAt ?? "")).to.be.at.least(
      bake * 1000,
    );
    harmless(customers);
    const now = await house.view();
    expect(now.live).to.not.equal(before.live);
    expect(now.colours[now.live ?? "blue"].release).to.equal("shop:1.1");
    await eventually(() =>
      Promise.resolve(expect(load.snapshot().releases["1.1"]?.requests).to.be.above(served)),
    );
  }

  // The own one last: it is always here, and the rows below stay on it.
  for (const [front, needs, bake] of [
    ["nginx", "nginx", 1],
    ["own", undefined, crashBake],
  ] as const) {
    it(`has its control: the good one passes the same path (front: ${front}, bake: ${bake})`, async function () {
      if (needs && !isHere(needs)) skip(this, `${needs} is not installed`);
      await house.up({ "turnout:environment": { SHOP_FRONT: front } });
      await isGood({ bake });
    });

    it(`whose configuration does not parse is stopped by healthy, file and line in the error (front: ${front})`, async function () {
      if (needs && !isHere(needs)) skip(this, `${needs} is not installed`);
      const { run, served, before, ...customers } = await tried("1.2-bad-config");
      expect(run.status).to.equal("rolled-back");
      expect(stopper(run)).to.equal("healthy");
      expect(run.error?.code).to.equal("unhealthy");
      expect(run.error?.detail).to.match(/exited 1: .*\[emerg\].*nginx\.conf:\d+/);
      expect(run.error?.next).to.contain("customers never reached this one");
      expect(served).to.equal(0);
      harmless(customers);
      await untouched(before);
    });
  }

  it("that answers 500 on a page is stopped by smoke", async () => {
    const { run, served, before, ...customers } = await tried("1.2-error-page");
    expect(run.status).to.equal("rolled-back");
    expect(stopper(run)).to.equal("smoke");
    expect(run.error?.detail).to.contain("GET /products/1 on the test listener answered 500 instead of 200");
    expect(served).to.equal(0);
    harmless(customers);
    await untouched(before);
  });

  it("that is slow is stopped by smoke's `within`", async () => {
    const { run, served, before, ...customers } = await tried("1.2-slow");
    expect(run.status).to.equal("rolled-back");
    expect(stopper(run)).to.equal("smoke");
    expect(run.error?.detail).to.match(/GET \/ on the test listener .*1000 ms/);
    expect(served).to.equal(0);
    harmless(customers);
    await untouched(before);
  });

  it("whose migration fails halfway is stopped by migrate, with the end of its log", async () => {
    const { run, served, before, ...customers } = await tried("1.2-bad-migration");
    expect(run.status).to.equal("rolled-back");
    expect(stopper(run)).to.equal("migrate");
    expect(run.error?.code).to.equal("migration-failed");
    expect(`${run.error?.detail}\n${run.error?.evidence?.join("\n")}`)
      .to.contain("003_currency.sql")
      .and.to.contain("rolled back, the schema is as it was");
    expect(served).to.equal(0);
    harmless(customers);
    await untouched(before);
  });

  it("that crashes under traffic is stopped by the bake, by its stopped tasks: the weights go back", async () => {
    const { run, served, failed, before } = await tried("1.2-crash", { bake: crashBake });
    crashed = failed;
    expect(run.status).to.equal("rolled-back");
    expect(stopper(run)).to.equal("bake");
    expect(run.error?.detail).to.match(/tasks stopped; task \d exited/);
    expect(run.trafficLiveAt).to.be.a("string");
    console.log(`      1.2-crash served ${served} requests before the weights went back; ${failed} failed`);
    expect(served).to.be.above(0);
    await untouched(before);
  });

  it("leaves no drift", async () => {
    expect(await house.preview()).to.match(/\d+ unchanged/);
  });

  it("failed no customer's request, but for the one that crashed under them", async () => {
    const { failed, releases } = await load.stop();
    expect(failed).to.equal(crashed);
    expect(Object.keys(releases)).to.have.members(["1.0", "1.1", "1.2-crash"]);
  });
});

function isHere(program: string): boolean {
  try {
    execFileSync("which", [program]);
    return true;
  } catch {
    return false;
  }
}
