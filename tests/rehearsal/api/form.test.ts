import { expect } from "chai";
import { ec2Query } from "../../../rehearsal/api/protocols/ec2Query.ts";
import { query } from "../../../rehearsal/api/protocols/query.ts";
import type { Protocol } from "../../../rehearsal/api/protocols/protocol.ts";
import type { Member, Shape } from "../../../rehearsal/api/shapes/shape.ts";

const string: Member = { shape: { kind: "string" } };
const number: Member = { shape: { kind: "number" } };
const target: Shape = { kind: "structure", name: "Target", members: { Arn: string, Weight: number } };
const input: Shape = {
  ...{ kind: "structure", name: "Input" },
  members: {
    Name: string,
    Enabled: { shape: { kind: "boolean" } },
    Since: { shape: { kind: "timestamp", format: undefined } },
    Targets: { shape: { kind: "list", item: { shape: target } } },
    Tags: { shape: { kind: "map", key: string, value: string } },
    Ids: { shape: { kind: "list", item: string }, ec2Name: "Id", xmlName: "ids" },
    DryRun: { shape: { kind: "boolean" }, xmlName: "dryRun" },
  },
};

describe("Query parameters", () => {
  const read = (protocol: Protocol, form: string) =>
    protocol.read(
      ...[{ operation: "Do", contentType: "", body: Buffer.of(), form: new URLSearchParams(form) }],
      input,
    );

  it("become numbers, booleans, times, lists in their order and maps", () => {
    const form =
      "Action=Do&Version=1&Name=&Enabled=true&Since=2026-01-02T03:04:05Z&Targets.member.10.Arn=c&" +
      "Targets.member.2.Arn=b&Targets.member.2.Weight=0.5&Targets.member.1.Arn=a&Tags.entry.1.key=k&Tags.entry.1.value=v";
    expect(read(query, form)).to.deep.equal({
      ...{ Name: "", Enabled: true, Since: new Date("2026-01-02T03:04:05Z"), Tags: { k: "v" } },
      Targets: [{ Arn: "a" }, { Arn: "b", Weight: 0.5 }, { Arn: "c" }],
    });
    expect(read(query, "Targets=")).to.deep.equal({ Targets: [] });
  });

  it("have EC2's own names and flat lists there", () => {
    expect(read(ec2Query, "Id.1=a&Id.2=b&DryRun=false")).to.deep.equal({ Ids: ["a", "b"] });
    expect(() => read(ec2Query, "DryRun=true")).to.throw("Request would have succeeded");
  });

  it("are refused by name where the operation has no such parameter", () => {
    for (const [form, path] of [
      ...[
        ["Nome=x", "Nome"],
        ["Name.1=x", "Name.1"],
        ["Targets.member.1.Color=x", "Targets.member.1.Color"],
      ],
      ...[
        ["Targets.1.Arn=x", "Targets.1"],
        ["Targets.member.first.Arn=x", "Targets.member.first"],
      ],
    ] as const)
      expect(() => read(query, form)).to.throw(`The parameter ${path} is not recognized`);
  });

  it("are refused where they are of another type", () => {
    expect(() => read(query, "Enabled=yes")).to.throw("Enabled must be a boolean");
    expect(() => read(query, "Targets.member.1.Weight=heavy")).to.throw(
      "Targets.member.1.Weight must be a number",
    );
    expect(() => read(query, "Since=soon")).to.throw("Since must be a timestamp");
  });
});
