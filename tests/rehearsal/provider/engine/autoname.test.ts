import { expect } from "chai";
import { autoname, isAutonamed } from "../../../../rehearsal/provider/engine/autoname.ts";
import { repository } from "../../../../rehearsal/provider/types/ecr/repository.ts";
import { targetGroup } from "../../../../rehearsal/provider/types/elbv2/targetGroup.ts";

const seed = new Uint8Array([1, 2, 3]);

describe("autonaming", () => {
  const naming = { type: targetGroup, logicalName: "blue", randomSeed: seed, autonaming: undefined };

  it("adds seven hex digits, the same for the same seed", () => {
    expect(autoname(naming)).to.match(/^blue-[0-9a-f]{7}$/);
    expect(autoname(naming)).to.equal(autoname(naming));
    expect(autoname({ ...naming, randomSeed: new Uint8Array([4]) })).not.to.equal(autoname(naming));
  });

  it("keeps within what AWS allows", () => {
    const name = autoname({ ...naming, logicalName: "a-name-that-is-longer-than-a-target-group-may-be" });
    expect(name).to.have.length(32);
    expect(isAutonamed(name, "a-name-that-is-longer-than-a-target-group-may-be")).to.be.true;
  });

  it("writes a repository's name in small letters", () => {
    const name = autoname({ ...naming, type: repository, logicalName: "Shop" });
    expect(name).to.match(/^shop-[0-9a-f]{7}$/);
    expect(isAutonamed(name, "Shop")).to.be.true;
  });

  it("does as the stack's configuration says", () => {
    const proposed = { proposedName: "ours", mode: "propose" } as const;
    expect(autoname({ ...naming, autonaming: proposed })).to.equal("ours");
    expect(autoname({ ...naming, autonaming: { mode: "disable", proposedName: "" } })).to.equal(undefined);
  });

  it("knows a name that the program gave", () => {
    expect(isAutonamed("shop-blue", "blue")).to.be.false;
    expect(isAutonamed("green-1234567", "blue")).to.be.false;
  });
});
