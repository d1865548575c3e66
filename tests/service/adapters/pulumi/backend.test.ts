import { expect } from "chai";
import { steadyBackend } from "../../../../service/adapters/pulumi/backend.ts";

describe("Pulumi's backend", () => {
  for (const [given, used] of [
    ["file:///state", "file:///state?metadata=skip"],
    ["file:///state?x=1", "file:///state?x=1&metadata=skip"],
    ["file:///state?metadata=skip", "file:///state?metadata=skip"],
    ["s3://bucket", "s3://bucket"],
    [undefined, undefined],
  ] as const) {
    it(`${given ?? "of the CLI's own choice"} is used as ${used ?? "it is"}`, () => {
      const environment = given === undefined ? {} : { PULUMI_BACKEND_URL: given };
      expect(steadyBackend(environment)["PULUMI_BACKEND_URL"]).to.equal(used);
    });
  }
});
