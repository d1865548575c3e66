import { execFileSync } from "node:child_process";
import { expect } from "chai";
import { type Load, type Snapshot, startLoad } from "../../bench/load.ts";
import type { ReleaseName } from "../../examples/shop/releases.ts";
import type { Deployment } from "../../service/deployments/deployment.ts";
import { eventually } from "../rehearsal/eventually.ts";
import { skip } from "../skip.ts";
import { openTestHouse, type TestHouse } from "./testHouse.ts";

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
   * requests failed meanwhile, by a release's answer or without any.
   */
  async function tried(release: ReleaseName, request: object = {}) {
    const before = await settled();
    await house.push(release);
    const run = await house.ended(await house.deploy({ image: `shop:${release}`, ...request }));
    const after = await settled();
    const failures = after.failures.slice(before.failures.length);
    const served = after.releases[release]?.requests ?? 0;
    return { run, served, failed: after.failed - before.failed, failures };
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

  /** 1.1 serves on green, and blue has gone to zero with the release that it had. */
  async function untouched(): Promise<void> {
    const view = await house.view();
    expect(view).to.include({ live: "green", running: null });
    expect(view.weights).to.deep.equal({ blue: 0, green: 100 });
    expect(view.colours.green).to.include({ release: "shop:1.1" });
    expect(view.colours.blue).to.include({ release: "shop:1.0" });
    expect(view.colours.blue.tasks.desired).to.equal(0);
    expect(view.drift).to.deep.equal([]);
  }

  it("has its control: the good one passes the same path", async () => {
    const { run, served, ...customers } = await tried("1.1", { bake: 1 });
    expect(run.error).to.equal(undefined);
    expect(run.status).to.equal("succeeded");
    harmless(customers);
    await eventually(() =>
      Promise.resolve(expect(load.snapshot().releases["1.1"]?.requests).to.be.above(served)),
    );
  });

  for (const [front, needs] of [
    ["own", undefined],
    ["nginx", "nginx"],
  ] as const)
    it(`whose configuration does not parse is stopped by healthy, file and line in the error (front: ${front})`, async function () {
      if (needs && !isHere(needs)) skip(this, `${needs} is not installed`);
      await house.up({ "turnout:environment": { SHOP_FRONT: front } });
      const { run, served, ...customers } = await tried("1.2-bad-config");
      expect(run.status).to.equal("rolled-back");
      expect(stopper(run)).to.equal("healthy");
      expect(run.error?.code).to.equal("unhealthy");
      expect(run.error?.detail).to.match(/exited 1: .*\[emerg\].*nginx\.conf:\d+/);
      expect(run.error?.next).to.contain("customers never reached this one");
      expect(served).to.equal(0);
      harmless(customers);
      await untouched();
    });

  it("that answers 500 on a page is stopped by smoke", async () => {
    const { run, served, ...customers } = await tried("1.2-error-page");
    expect(run.status).to.equal("rolled-back");
    expect(stopper(run)).to.equal("smoke");
    expect(run.error?.detail).to.contain("GET /products/1 on the test listener answered 500 instead of 200");
    expect(served).to.equal(0);
    harmless(customers);
    await untouched();
  });

  it("that is slow is stopped by smoke's `within`", async () => {
    const { run, served, ...customers } = await tried("1.2-slow");
    expect(run.status).to.equal("rolled-back");
    expect(stopper(run)).to.equal("smoke");
    expect(run.error?.detail).to.match(/GET \/ on the test listener .*1000 ms/);
    expect(served).to.equal(0);
    harmless(customers);
    await untouched();
  });

  it("whose migration fails halfway is stopped by migrate, with the end of its log", async () => {
    const { run, served, ...customers } = await tried("1.2-bad-migration");
    expect(run.status).to.equal("rolled-back");
    expect(stopper(run)).to.equal("migrate");
    expect(run.error?.code).to.equal("migration-failed");
    expect(`${run.error?.detail}\n${run.error?.evidence?.join("\n")}`)
      .to.contain("003_currency.sql")
      .and.to.contain("rolled back, the schema is as it was");
    expect(served).to.equal(0);
    harmless(customers);
    await untouched();
  });

  it("that crashes under traffic is stopped by the bake, by its stopped tasks: the weights go back", async () => {
    const { run, served, failed } = await tried("1.2-crash", { bake: 30 });
    crashed = failed;
    expect(run.status).to.equal("rolled-back");
    expect(stopper(run)).to.equal("bake");
    expect(run.error?.detail).to.match(/tasks stopped; task \d exited/);
    expect(run.trafficLiveAt).to.be.a("string");
    console.log(`      1.2-crash served ${served} requests before the weights went back; ${failed} failed`);
    expect(served).to.be.above(0);
    await untouched();
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
