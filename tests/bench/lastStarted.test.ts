import { expect } from "chai";
import { lastStarted } from "../../bench/swap/lastStarted.ts";

describe("the last request to an undone release", () => {
  const count = { requests: 3, firstAnswer: 10, lastAnswer: 40, lastStart: 30 };

  it("is the one that started last among those that it answered", () => {
    expect(lastStarted({ releases: { "1.0": { ...count, lastStart: 99 }, "1.1": count } }, "1.1")).to.equal(
      30,
    );
  });

  it("is an error where it never served, and not an undo in no time", () => {
    expect(() => lastStarted({ releases: { "1.0": count } }, "1.1")).to.throw(
      "1.1 answered no request of the load; those that did: 1.0.",
    );
    expect(() => lastStarted({ releases: {} }, "1.1")).to.throw("those that did: none");
  });
});
