import { expect } from "chai";
import { acceptProperties, block, propertyDifferences } from "../../../../rehearsal/provider/schema/block.ts";
import { listOf, setOf, textMap } from "../../../../rehearsal/provider/schema/collections.ts";
import type { Properties, Wrong } from "../../../../rehearsal/provider/schema/kinds.ts";
import { count, flag, json, text } from "../../../../rehearsal/provider/schema/leaves.ts";
import { unknown } from "../../../../rehearsal/provider/schema/unknown.ts";

const properties = {
  name: { kind: text, required: true, forceNew: true },
  port: { kind: count, default: 80 },
  open: { kind: flag },
  zone: { kind: text, computed: true },
  subnets: { kind: setOf(text) },
  check: {
    kind: block({ path: { kind: text, computed: true }, interval: { kind: count, default: 30 } }),
    computed: true,
  },
  rules: { kind: listOf(block({ to: { kind: text, required: true, forceNew: true } })) },
  tags: { kind: textMap },
} satisfies Properties;

function accepted(values: Readonly<Record<string, unknown>>) {
  const wrong: Wrong[] = [];
  return { values: acceptProperties(properties, { values, path: "" }, wrong), wrong };
}

function paths(wanted: object, actual: object): readonly string[] {
  return propertyDifferences(properties, { wanted: { ...wanted }, actual: { ...actual } }, "").map(
    ({ path, change, forceNew }) => `${forceNew ? "replace" : change} ${path}`,
  );
}

describe("the properties of a resource", () => {
  it("take numbers and booleans as strings, as the real provider does, and fill in defaults", () => {
    const { values, wrong } = accepted({ name: "a", port: "81", open: "true", check: {} });
    expect(values).to.deep.equal({ name: "a", port: 81, open: true, check: { interval: 30 } });
    expect(wrong).to.be.empty;
  });

  it("name everything that is wrong by its path", () => {
    const { wrong } = accepted({
      port: "x",
      check: { patth: "/" },
      rules: [{}],
      subnets: "a",
      colour: "red",
    });
    expect(wrong.map(({ path }) => path)).to.have.members([
      ...["colour", "name", "port", "check.patth", "rules[0].to", "subnets"],
    ]);
    expect(wrong.find(({ path }) => path === "check.patth")?.reason).to.include("not simulated");
  });

  it("keep what a preview does not know yet", () => {
    const { values, wrong } = accepted({ name: unknown, port: unknown, subnets: unknown, check: unknown });
    expect(values).to.include({ name: unknown, port: unknown, subnets: unknown, check: unknown });
    expect(wrong).to.be.empty;
    expect(paths(values, { name: "a", port: 80, subnets: ["b"], check: { interval: 30 } })).to.deep.equal([
      ...["replace name", "update port", "update subnets", "update check"],
    ]);
  });

  it("are the same where AWS adds what the program leaves to it", () => {
    const actual = { name: "a", port: 80, open: false, zone: "z", check: { path: "/", interval: 5 } };
    expect(paths({ name: "a" }, { ...actual, subnets: [], tags: {}, rules: [] })).to.be.empty;
    expect(paths({ name: "a", check: {} }, { ...actual, check: { path: "/x", interval: 30 } })).to.be.empty;
  });

  it("differ where the program says nothing and AWS has no default", () => {
    expect(paths({ name: "a" }, { name: "a", port: 81, open: true, tags: { a: "1" } })).to.deep.equal([
      ...["update port", "delete open", "delete tags.a"],
    ]);
  });

  it("differ by the path of what differs", () => {
    const wanted = { name: "a", check: { interval: 5 }, rules: [{ to: "x" }], tags: { "a:b": "2", c: "3" } };
    const actual = {
      name: "b",
      port: 80,
      check: { interval: 30 },
      rules: [{ to: "y" }],
      tags: { "a:b": "1" },
    };
    expect(paths(wanted, actual)).to.deep.equal([
      ...["replace name", "update check.interval", "replace rules[0].to"],
      ...['update tags["a:b"]', "add tags.c"],
    ]);
  });

  it("know no order in a set, and one in a list", () => {
    const both = { name: "a", port: 80 };
    expect(paths({ ...both, subnets: ["1", "2"] }, { ...both, subnets: ["2", "1"] })).to.be.empty;
    expect(paths({ ...both, subnets: ["1", "2"] }, { ...both, subnets: ["2", "3"] })).to.deep.equal([
      "update subnets",
    ]);
    const rules = [{ to: "1" }, { to: "2" }];
    expect(paths({ ...both, rules }, { ...both, rules: rules.toReversed() })).to.have.length(2);
    expect(paths({ ...both, rules }, { ...both, rules: [{ to: "1" }] })).to.deep.equal(["update rules"]);
  });

  it("compare JSON by what it means", () => {
    const kind = json((a, b) => JSON.stringify(a) === JSON.stringify(b));
    expect(kind.differences('{"a": 1}', '{"a":1}', "p")).to.be.empty;
    expect(kind.differences('{"a":2}', '{"a":1}', "p")).to.have.length(1);
    const wrong: Wrong[] = [];
    kind.accept("{", "p", wrong);
    expect(wrong).to.have.length(1);
  });

  it("come back in the program's order and words", () => {
    const kind = setOf(text);
    expect(kind.inWordsOf(["b", "a"], ["a", "b"])).to.deep.equal(["b", "a"]);
    expect(kind.inWordsOf(["b"], ["a", "b"])).to.deep.equal(["a", "b"]);
  });
});
