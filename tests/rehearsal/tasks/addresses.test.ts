import { expect } from "chai";
import { Addresses } from "../../../rehearsal/tasks/addresses.ts";

describe("addresses of tasks", () => {
  it("are .10 to .254 of the rehearsal's network, each once", () => {
    const addresses = new Addresses("127.40.12");
    const claimed = Array.from({ length: 245 }, () => addresses.claim());
    expect(claimed[0]).to.equal("127.40.12.10");
    expect(claimed.at(-1)).to.equal("127.40.12.254");
    expect(new Set(claimed).size).to.equal(245);
    expect(addresses.claim()).to.equal(undefined);
  });

  it("are used again, the one that was given back longest ago first", () => {
    const addresses = new Addresses("127.40.12");
    const [first = "", second = ""] = [addresses.claim(), addresses.claim()];
    addresses.release(second);
    addresses.release(first);
    addresses.release(first);
    const next = Array.from({ length: 245 }, () => addresses.claim());
    expect(next[0]).to.equal("127.40.12.12");
    expect(next.slice(-2)).to.deep.equal([second, first]);
  });
});
