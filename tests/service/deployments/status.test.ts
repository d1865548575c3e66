import { expect } from "chai";
import { advance, ended, next, statuses } from "../../../service/deployments/status.ts";

describe("the table of statuses", () => {
  it("leads from queued to every status, and from each to an end", () => {
    const reached = new Set<string>(["queued"]);
    for (const status of reached) for (const to of next[status as keyof typeof next]) reached.add(to);
    expect([...reached].sort()).to.deep.equal([...statuses].sort());
  });

  it("has no way out of an end", () => {
    for (const status of statuses.filter(ended)) {
      expect(() => advance(status, "running")).to.throw(`from ${status} to running`);
    }
  });

  it("lets a status stay what it is", () => {
    for (const status of statuses) expect(advance(status, status)).to.equal(status);
  });
});
