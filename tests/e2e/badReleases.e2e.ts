import { execFileSync } from "node:child_process";
import { expect } from "chai";
import { skip } from "../skip.ts";
import { harmless, stopper, Trial } from "./trial.ts";

describe("a bad release", function () {
  this.timeout(120_000);
  let trial: Trial;

  before(async () => {
    trial = await Trial.open();
  });
  after(() => trial?.close());

  // The own one last: it is always here, and the rows below stay on it.
  for (const [front, needs] of [
    ["nginx", "nginx"],
    ["own", undefined],
  ] as const) {
    it(`has its control: the good one passes the same path (front: ${front})`, async function () {
      if (needs && !isHere(needs)) skip(this, `${needs} is not installed`);
      await trial.house.up({ "turnout:environment": { SHOP_FRONT: front } });
      await trial.isGood({ bake: 1 });
    });

    it(`whose configuration does not parse is stopped by healthy, file and line in the error (front: ${front})`, async function () {
      if (needs && !isHere(needs)) skip(this, `${needs} is not installed`);
      const { run, served, before, ...customers } = await trial.tried("1.2-bad-config");
      expect(run.status).to.equal("rolled-back");
      expect(stopper(run)).to.equal("healthy");
      expect(run.error?.code).to.equal("unhealthy");
      expect(run.error?.detail).to.match(/exited 1: .*\[emerg\].*nginx\.conf:\d+/);
      expect(run.error?.next).to.contain("customers never reached this one");
      expect(served).to.equal(0);
      harmless(customers);
      await trial.untouched(before);
    });
  }

  it("that answers 500 on a page is stopped by smoke", async () => {
    const { run, served, before, ...customers } = await trial.tried("1.2-error-page");
    expect(run.status).to.equal("rolled-back");
    expect(stopper(run)).to.equal("smoke");
    expect(run.error?.detail).to.contain("GET /products/1 on the test listener answered 500 instead of 200");
    expect(served).to.equal(0);
    harmless(customers);
    await trial.untouched(before);
  });

  it("that is slow is stopped by smoke's `within`", async () => {
    const { run, served, before, ...customers } = await trial.tried("1.2-slow");
    expect(run.status).to.equal("rolled-back");
    expect(stopper(run)).to.equal("smoke");
    expect(run.error?.detail).to.match(/GET \/ on the test listener .*1000 ms/);
    expect(served).to.equal(0);
    harmless(customers);
    await trial.untouched(before);
  });

  it("whose migration fails halfway is stopped by migrate, with the end of its log", async () => {
    const { run, served, before, ...customers } = await trial.tried("1.2-bad-migration");
    expect(run.status).to.equal("rolled-back");
    expect(stopper(run)).to.equal("migrate");
    expect(run.error?.code).to.equal("migration-failed");
    expect(`${run.error?.detail}\n${run.error?.evidence?.join("\n")}`)
      .to.contain("003_currency.sql")
      .and.to.contain("rolled back, the schema is as it was");
    expect(served).to.equal(0);
    harmless(customers);
    await trial.untouched(before);
  });

  it("leaves no drift", async () => {
    expect(await trial.house.preview()).to.match(/\d+ unchanged/);
  });

  it("failed no customer's request", async () => {
    const { failed, releases } = await trial.load.stop();
    expect(failed).to.equal(0);
    expect(Object.keys(releases)).to.have.members(["1.0", "1.1"]);
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
