import { expect } from "chai";
import { plan, type Standing, type Wanted } from "../../../rehearsal/cloud/ecs/rollout.ts";

type Kind = "healthy" | "coming" | "unhealthy";
const some = (count: number, isPrimary: boolean, kind: Kind = "healthy"): Standing[] =>
  Array.from({ length: count }, (_, n) => ({
    id: `${isPrimary ? "new" : "old"}-${kind}-${n}`,
    ...{ isPrimary, isHealthy: kind === "healthy", isUnhealthy: kind === "unhealthy" },
  }));
const fresh = (count: number, kind?: Kind) => some(count, true, kind);
const old = (count: number, kind?: Kind) => some(count, false, kind);
const wanted = (desired: number, minimumHealthyPercent = 100, maximumPercent = 200): Wanted => ({
  ...{ desired, minimumHealthyPercent, maximumPercent, isFailed: false },
});
const counts = (of: Wanted, tasks: readonly Standing[]) => {
  const { start, stop } = plan(of, tasks);
  return { start, stop: stop.length };
};

describe("a rolling deployment's plan", () => {
  it("starts what is missing, and stops nothing that is wanted", () => {
    expect(counts(wanted(3), [])).to.deep.equal({ start: 3, stop: 0 });
    expect(counts(wanted(3), fresh(2))).to.deep.equal({ start: 1, stop: 0 });
    expect(counts(wanted(3), fresh(3))).to.deep.equal({ start: 0, stop: 0 });
  });

  it("stops no former task before a new one is healthy, at 100 and 200 percent", () => {
    expect(counts(wanted(4), old(4))).to.deep.equal({ start: 4, stop: 0 });
    expect(counts(wanted(4), [...old(4), ...fresh(4, "coming")])).to.deep.equal({ start: 0, stop: 0 });
    expect(counts(wanted(4), [...old(4), ...fresh(1), ...fresh(3, "coming")])).to.deep.equal({
      start: 0,
      stop: 1,
    });
    expect(counts(wanted(4), [...old(4), ...fresh(4)])).to.deep.equal({ start: 0, stop: 4 });
  });

  it("makes room first at 50 and 100 percent", () => {
    expect(counts(wanted(4, 50, 100), old(4))).to.deep.equal({ start: 0, stop: 2 });
    expect(counts(wanted(4, 50, 100), old(2))).to.deep.equal({ start: 2, stop: 0 });
    expect(counts(wanted(4, 50, 100), [...old(2), ...fresh(2, "coming")])).to.deep.equal({
      start: 0,
      stop: 0,
    });
    expect(counts(wanted(4, 50, 100), [...old(2), ...fresh(2)])).to.deep.equal({ start: 0, stop: 2 });
  });

  it("rounds the minimum up and the maximum down", () => {
    expect(counts(wanted(3, 50, 150), old(3))).to.deep.equal({ start: 1, stop: 1 });
    expect(counts(wanted(1, 100, 150), old(1))).to.deep.equal({ start: 0, stop: 0 });
  });

  it("replaces an unhealthy task before it stops it, where there is room", () => {
    expect(counts(wanted(2), [...fresh(1), ...fresh(1, "unhealthy")])).to.deep.equal({ start: 1, stop: 0 });
    const replaced = plan(wanted(2), [...fresh(2), ...fresh(1, "unhealthy")]);
    expect(replaced).to.deep.equal({ start: 0, stop: ["new-unhealthy-0"] });
  });

  it("stops unhealthy tasks for their replacements where there is no room", () => {
    expect(counts(wanted(2, 50, 100), [...fresh(1), ...fresh(1, "unhealthy")])).to.deep.equal({
      start: 0,
      stop: 1,
    });
    expect(counts(wanted(2), [...old(2), ...fresh(2, "unhealthy")])).to.deep.equal({ start: 0, stop: 2 });
    expect(counts(wanted(1), fresh(2, "unhealthy"))).to.deep.equal({ start: 0, stop: 1 });
  });

  it("scales in what is not healthy yet before what is", () => {
    expect(plan(wanted(1), [...fresh(1), ...fresh(1, "coming")])).to.deep.equal({
      start: 0,
      stop: ["new-coming-0"],
    });
    expect(counts(wanted(0), [...old(2), ...fresh(2)])).to.deep.equal({ start: 0, stop: 4 });
  });

  it("starts nothing of a deployment that has failed, and keeps the former tasks", () => {
    const failed = (desired: number) => ({ ...wanted(desired), isFailed: true });
    expect(counts(failed(2), old(2))).to.deep.equal({ start: 0, stop: 0 });
    expect(counts(failed(2), [...old(2), ...fresh(1, "unhealthy")])).to.deep.equal({ start: 0, stop: 1 });
    expect(counts(failed(1), old(2))).to.deep.equal({ start: 0, stop: 1 });
    expect(counts(failed(0), [...old(2), ...fresh(1, "coming")])).to.deep.equal({ start: 0, stop: 3 });
  });

  it("never goes below the minimum nor above the maximum, and always arrives", () => {
    for (const desired of [1, 2, 3, 5, 8])
      for (const [min, max] of [
        [100, 200],
        [50, 200],
        [50, 100],
        [0, 100],
        [66, 134],
        [100, 125],
      ] as const) {
        const of = wanted(desired, min, max);
        const [lower, upper] = [Math.ceil((desired * min) / 100), Math.floor((desired * max) / 100)];
        if (lower >= desired && upper <= desired) continue;
        let tasks = old(desired);
        let next = 0;
        for (
          let round = 0;
          round < 100 && !(tasks.length === desired && tasks.every((one) => one.isPrimary));
          round += 1
        ) {
          const { start, stop } = plan(of, tasks);
          tasks = tasks.filter(({ id }) => !stop.includes(id));
          const left = tasks.filter(({ isHealthy }) => isHealthy).length;
          expect(left, `${desired} at ${min} to ${max}`).to.be.at.least(lower);
          const started = fresh(start, "coming").map((one) => ({ ...one, id: `new-${(next += 1)}` }));
          tasks = [...tasks, ...started];
          expect(tasks.length, `${desired} at ${min} to ${max}`).to.be.at.most(upper);
          // One new task a round gets healthy.
          const first = tasks.findIndex(({ isHealthy }) => !isHealthy);
          tasks = tasks.map((one, index) => (index === first ? { ...one, isHealthy: true } : one));
        }
        expect(
          tasks.filter(({ isPrimary }) => isPrimary),
          `${desired} at ${min} to ${max}`,
        ).to.have.length(desired);
      }
  });
});
