import { expect } from "chai";
import { EngineStory } from "../../../../service/adapters/pulumi/engineEvents.ts";

const metadata = { urn: "urn:pulumi:prod::turnout::aws:ecs/service:Service::green", op: "update", type: "x" };

describe("the engine's story", () => {
  it("tells each resource's start, end and failure, once each", () => {
    const story = new EngineStory();
    const step = { urn: metadata.urn, op: "update" };
    expect(story.take({ resourcePreEvent: { metadata } })).to.deep.equal({ step, state: "starts" });
    expect(story.take({ resOutputsEvent: { metadata } })).to.deep.equal({ step, state: "done" });
    expect(story.take({ resOpFailedEvent: { metadata } })).to.deep.equal({ step, state: "failed" });
    expect(story.steps).to.deep.equal([step]);
    expect(story.failed).to.deep.equal(step);
  });

  it("keeps the first failure, for later ones follow from it", () => {
    const story = new EngineStory();
    story.take({ resOpFailedEvent: { metadata } });
    story.take({ resOpFailedEvent: { metadata: { urn: "other", op: "create" } } });
    expect(story.failed?.urn).to.equal(metadata.urn);
  });

  it("keeps errors and warnings as plain words, each once, and nothing that passes by", () => {
    const story = new EngineStory();
    const error = { urn: metadata.urn, severity: "error", message: "<{%fg 1%}>no such<{%reset%}> cluster\n" };
    story.take({ diagnosticEvent: error });
    story.take({ diagnosticEvent: error });
    story.take({ diagnosticEvent: { severity: "info", message: "hello" } });
    story.take({ diagnosticEvent: { severity: "error", message: "50 %", ephemeral: true } });
    expect(story.diagnostics).to.deep.equal([
      { urn: metadata.urn, severity: "error", message: "no such cluster" },
    ]);
  });
});
