import { expect } from "chai";
import { table } from "../../bench/table.ts";

describe("a bench's table", () => {
  it("puts words to the left and numbers to the right", () => {
    const text = table(
      ["proxy", "req/s"],
      [
        ["HAProxy", 29_900],
        ["ours", 13_400.5],
      ],
    );
    expect(text.split("\n")).to.deep.equal([
      "proxy      req/s",
      "───────  ───────",
      "HAProxy    29900",
      "ours     13400.5",
    ]);
  });
});
