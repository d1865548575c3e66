import { expect } from "chai";
import { refusals } from "../../../../infra/refusals.ts";
import { CliFailed } from "../../../../service/adapters/pulumi/cli.ts";
import { StackLocked } from "../../../../service/adapters/pulumi/errors.ts";
import { explain, isStaleConfiguration } from "../../../../service/adapters/pulumi/explain.ts";
import type { Result } from "../../../../service/adapters/pulumi/job.ts";

type Failed = Extract<Result, { kind: "failed" }>;
const service = "urn:pulumi:prod::turnout::turnout:infra:Track$aws:ecs/service:Service::green";

function failed(what: Partial<Failed> & { readonly says?: readonly string[] }): Failed {
  const diagnostics = (what.says ?? []).map((message) => ({ urn: "", severity: "error" as const, message }));
  return { kind: "failed", exitCode: 1, output: "", diagnostics, failed: undefined, ms: 1, ...what };
}

describe("a failure of the Pulumi CLI", () => {
  it("says who holds the lock, since when, and what to type", () => {
    // Pulumi 3.258's own words.
    const output = `error: the stack is currently locked by 1 lock(s). Either wait for the other process(es) to end or delete the lock file with \`pulumi cancel\`.
  s3://state/.pulumi/locks/organization/turnout/prod/1111.json: created by ann@laptop (pid 4711) at 2026-11-01T10:00:00Z`;
    const error = explain("prod", failed({ output }));
    expect(error).to.be.instanceOf(StackLocked).and.to.include({ code: "stack-locked" });
    expect((error as StackLocked).holder).to.deep.equal({
      user: "ann",
      host: "laptop",
      pid: 4711,
      since: "2026-11-01T10:00:00Z",
    });
    expect(error.message).to.include("ann@laptop");
    expect(error.next).to.include("pulumi cancel --stack prod");
  });

  it("names a stack that does not exist", () => {
    const cause = new CliFailed(["stack"], 255, "error: no stack named 'prod' found");
    expect(explain("prod", cause)).to.include({ code: "unknown-stack" });
  });

  it("names the resource and the reason, not what follows from it", () => {
    const says = [
      "InvalidParameterException: The container shop does not exist in the task definition.",
      "update failed",
      "awsx:ec2:Vpc resource 'vpc' has a problem: grpc: the client connection is closing",
    ];
    const error = explain("prod", failed({ says, failed: { urn: service, op: "update" } }));
    expect(error).to.include({ code: "update-failed", resource: service });
    expect(error.message).to.equal(
      "Pulumi's update of 'prod' failed at the update of aws:ecs/service:Service green: " +
        "InvalidParameterException: The container shop does not exist in the task definition.",
    );
    expect(error.evidence).to.deep.equal(says.slice(0, 1));
    expect(error.cause).to.be.instanceOf(CliFailed);
  });

  it("tells a refused placement from a failed one", () => {
    const refused = failed({ says: [`${refusals.program} Applied: turnout 0.1.0; here: turnout 0.2.0.`] });
    const error = explain("prod", refused);
    expect(error).to.include({ name: "ProgramMismatch", code: "bad-configuration" });
    expect(error.next).to.include("pulumi up --stack prod");
    expect(isStaleConfiguration(refused)).to.equal(false);
    expect(isStaleConfiguration(failed({ says: [refusals.configuration] }))).to.equal(true);
  });

  it("passes on what is wrong with the configuration", () => {
    const says = [
      "The configuration is not right, so nothing was touched.\n  turnout:bake is `x`; allowed: …",
    ];
    expect(explain("prod", failed({ says }))).to.include({ name: "WrongConfiguration", message: says[0] });
  });

  it("says that the CLI was killed, and what it said last", () => {
    const error = explain(
      "prod",
      failed({ exitCode: null, output: "Updating (prod):\n ~ aws:ecs:Service green" }),
    );
    expect(error.message).to.include("was killed");
    expect(error.evidence.at(-1)).to.equal("~ aws:ecs:Service green");
  });
});
