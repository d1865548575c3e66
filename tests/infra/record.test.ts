import { expect } from "chai";
import { nextRecord } from "../../infra/record.ts";
import type { Spec } from "../../infra/release.ts";
import { releaseHash } from "../../infra/releaseHash.ts";
import { release } from "./release.ts";

const spec = (revision: number): Spec => ({
  release: { ...release, tag: `shop:1.${revision}` },
  taskDefinition: `arn:aws:ecs:eu-central-1:123456789012:task-definition/shop-test:${revision}`,
});

describe("the record", () => {
  it("is empty while no release was placed", () => {
    expect(nextRecord(undefined, { blue: null, green: null })).to.deep.equal({
      blue: null,
      green: null,
      recent: [],
    });
  });

  it("puts what was placed first and keeps five", () => {
    let record = nextRecord(undefined, { blue: spec(1), green: null });
    for (let revision = 2; revision <= 7; revision += 1)
      record = nextRecord(
        record,
        revision % 2 === 0
          ? { blue: record.blue, green: spec(revision) }
          : { blue: spec(revision), green: record.green },
      );
    expect(record.recent).to.deep.equal([7, 6, 5, 4, 3].map(spec));
    expect(record.blue).to.deep.equal(spec(7));
    expect(record.green).to.deep.equal(spec(6));
  });

  it("stays the same when the same specs answer again", () => {
    const record = nextRecord(undefined, { blue: spec(1), green: spec(2) });
    expect(nextRecord(record, { blue: spec(1), green: spec(2) })).to.deep.equal(record);
  });
});

describe("a release's hash", () => {
  it("does not hang on the order of keys", () => {
    const turned = Object.fromEntries(Object.entries(release).reverse()) as unknown as typeof release;
    expect(releaseHash(turned)).to.equal(releaseHash(release));
  });

  it("differs with every key", () => {
    const others = [
      { ...release, tag: "shop:1.1" },
      { ...release, port: 1 },
      { ...release, environment: { A: "c" } },
      { ...release, command: ["node", "other.mjs"] },
    ];
    expect(new Set([release, ...others].map(releaseHash)).size).to.equal(others.length + 1);
  });
});
