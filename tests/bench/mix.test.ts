import { expect } from "chai";
import { inTurn, shopMix } from "../../bench/mix.ts";

describe("the mix of a load", () => {
  it("asks every kind by its share, spread evenly", () => {
    const next = inTurn(shopMix);
    const hundred = Array.from({ length: 100 }, () => next());
    for (const ask of shopMix)
      expect(
        hundred.filter((asked) => asked.ask === ask),
        ask.name,
      ).to.have.length(ask.share);
    const firstHalf = hundred.slice(0, 50).filter(({ ask }) => ask.name === "product page");
    expect(firstHalf).to.have.length(15);
    expect(new Set(firstHalf.map(({ path }) => path)).size).to.equal(12);
  });

  it("needs a share above 0", () => {
    expect(() => inTurn([])).to.throw("share above 0");
  });
});
