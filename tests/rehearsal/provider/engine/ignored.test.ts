import { expect } from "chai";
import { isIgnored } from "../../../../rehearsal/provider/engine/ignored.ts";

describe("ignoreChanges", () => {
  const cases: readonly (readonly [path: string, ignored: string, is: boolean])[] = [
    ["actions[0].forward.targetGroups", "actions", true],
    ["actions[0].forward", "actions[0]", true],
    ["actions[1].forward", "actions[0]", false],
    ["actions[1].forward", "actions[*].forward", true],
    ["actions[1].redirect", "actions[*].forward", false],
    ["actions", "actions[0].forward", false],
    ["actionsX", "actions", false],
    ['tags["a:b"]', "tags", true],
    ['tags["a:b"]', 'tags["a:b"]', true],
    ["tags.a", "tagsAll", true],
    ["tags.a", "tags.b", false],
    ["desiredCount", "*", true],
  ];
  for (const [path, ignored, is] of cases)
    it(`${is ? "covers" : "does not cover"} ${path} with ${ignored}`, () => {
      expect(isIgnored(path, [ignored])).to.equal(is);
    });
});
