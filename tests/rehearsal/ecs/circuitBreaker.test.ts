import { expect } from "chai";
import { BackOff } from "../../../rehearsal/cloud/ecs/backOff.ts";
import { failureThreshold } from "../../../rehearsal/cloud/ecs/circuitBreaker.ts";

describe("the circuit breaker's threshold", () => {
  const on = { enable: true, rollback: false };

  it("is half of the desired count, from 3 to 200", () => {
    const thresholds = [0, 1, 6, 7, 25, 400, 800].map((desired) => failureThreshold(on, desired));
    expect(thresholds).to.deep.equal([3, 3, 3, 4, 13, 200, 200]);
  });

  it("is what is configured", () => {
    const of = (type: "COUNT" | "BOUNDED_PERCENT" | "UNBOUNDED_PERCENT", value: number) =>
      failureThreshold({ ...on, thresholdConfiguration: { type, value } }, 10);
    expect([of("COUNT", 1), of("BOUNDED_PERCENT", 10), of("UNBOUNDED_PERCENT", 10)]).to.deep.equal([1, 3, 1]);
  });

  it("is never reached where it is off", () => {
    expect(failureThreshold({ ...on, enable: false }, 2)).to.equal(Infinity);
  });
});

describe("the pause before tasks are replaced", () => {
  it("doubles, up to 27 minutes for those that never ran, and says so from the third time on", () => {
    const backOff = new BackOff();
    const pauses = Array.from({ length: 13 }, () => backOff.next({ neverRan: true }));
    expect(pauses.map(({ ms }) => ms / 1000)).to.deep.equal([
      ...[1, 2, 4, 8, 16, 32, 64, 128, 256, 512, 1024, 1620, 1620],
    ]);
    expect(pauses.map(({ isThrottled }) => isThrottled).slice(0, 4)).to.deep.equal([
      false,
      false,
      true,
      true,
    ]);
  });

  it("stays short for those that ran, and begins anew after a success", () => {
    const backOff = new BackOff();
    const pauses = Array.from({ length: 6 }, () => backOff.next({ neverRan: false }).ms);
    expect(pauses).to.deep.equal([1000, 2000, 4000, 8000, 15_000, 15_000]);
    backOff.reset();
    expect(backOff.next({ neverRan: false })).to.deep.equal({ ms: 1000, isThrottled: false });
  });
});
