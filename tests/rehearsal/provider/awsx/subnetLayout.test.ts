import { expect } from "chai";
import { type Layout, layOut } from "../../../../rehearsal/provider/awsx/subnetLayout.ts";

function blocks(layout: Partial<Layout>): readonly string[] {
  const zones = layout.zones ?? ["a", "b", "c"];
  const all = {
    vpcName: "v",
    cidrBlock: "10.0.0.0/16",
    specs: undefined,
    zoneBits: undefined,
    ...layout,
    zones,
  };
  return layOut(all).map(({ name, cidrBlock }) => `${name} ${cidrBlock}`);
}

// Worked out by the rules in pulumi-awsx, awsx/ec2/subnetDistributorNew.ts.
describe("awsx's strategy Auto", () => {
  it("gives each zone half private, a quarter public by default", () => {
    expect(blocks({})).to.deep.equal([
      ...["v-private-1 10.0.0.0/19", "v-public-1 10.0.32.0/20"],
      ...["v-private-2 10.0.64.0/19", "v-public-2 10.0.96.0/20"],
      ...["v-private-3 10.0.128.0/19", "v-public-3 10.0.160.0/20"],
    ]);
  });

  it("takes no more than a /16 of a zone by default", () => {
    expect(blocks({ cidrBlock: "10.0.0.0/8", zones: ["a"] })).to.deep.equal([
      ...["v-private-1 10.0.0.0/17", "v-public-1 10.0.128.0/18"],
    ]);
  });

  it("divides evenly, in the order of the specs", () => {
    const specs = [{ type: "Public" }, { type: "Private" }] as const;
    expect(blocks({ zones: ["a", "b"], specs })).to.deep.equal([
      ...["v-public-1 10.0.0.0/18", "v-private-1 10.0.64.0/18"],
      ...["v-public-2 10.0.128.0/18", "v-private-2 10.0.192.0/18"],
    ]);
  });

  it("leaves a gap before a subnet that is larger than the one before", () => {
    const specs = [
      { type: "Public", cidrMask: 24 },
      { type: "Private", cidrMask: 20 },
      { type: "Isolated", name: "db", size: 256 },
    ] as const;
    expect(blocks({ zones: ["a"], specs })).to.deep.equal([
      ...["v-public-1 10.0.0.0/24", "v-private-1 10.0.16.0/20", "v-db-1 10.0.32.0/24"],
    ]);
  });

  it("aligns zones to a mask that is given", () => {
    const specs = [{ type: "Public", cidrMask: 24 }] as const;
    expect(blocks({ zones: ["a", "b"], specs, zoneBits: 20 })).to.deep.equal([
      ...["v-public-1 10.0.0.0/24", "v-public-2 10.0.16.0/24"],
    ]);
  });

  it("takes blocks that are given", () => {
    const specs = [{ type: "Public", cidrBlocks: ["10.0.7.0/24", "10.0.9.0/24"] }] as const;
    expect(blocks({ zones: ["a", "b"], specs })).to.deep.equal([
      ...["v-public-1 10.0.7.0/24", "v-public-2 10.0.9.0/24"],
    ]);
  });

  for (const [what, layout, message] of [
    ["subnets that do not fit", { specs: [{ type: "Public", cidrMask: 16 }] }, "too large"],
    ["a VPC that is too small", { cidrBlock: "10.0.0.0/26" }, "/26 available per AZ"],
    ["two unnamed of one type", { specs: [{ type: "Public" }, { type: "Public" }] }, "unique names"],
    ["a size that is no power of two", { specs: [{ type: "Public", size: 100 }] }, "sizes are invalid"],
    [
      "a size that is not the mask's",
      { specs: [{ type: "Public", size: 256, cidrMask: 20 }] },
      "does not match",
    ],
    ["a block for one zone only", { specs: [{ type: "Public", cidrBlocks: ["10.0.0.0/24"] }] }, "must match"],
    ["no specs", { specs: [] }, "No subnets"],
    ["no CIDR", { cidrBlock: "10.0.0/16" }, "no CIDR block"],
  ] as const satisfies readonly (readonly [string, Partial<Layout>, string])[])
    it(`refuses ${what}`, () => {
      expect(() => blocks(layout)).to.throw(message);
    });
});
