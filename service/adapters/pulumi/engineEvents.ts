import type { Diagnostic, Step } from "./job.ts";

/** An event of the engine, as far as it is read here. Source: sdk/go/common/apitype/events.go */
export interface EngineEvent {
  readonly resourcePreEvent?: { readonly metadata: Step };
  readonly resOutputsEvent?: { readonly metadata: Step };
  readonly resOpFailedEvent?: { readonly metadata: Step };
  readonly diagnosticEvent?: {
    readonly urn?: string;
    readonly severity: string;
    readonly message: string;
    readonly ephemeral?: boolean;
  };
}

/** What a run's events add up to. */
export class EngineStory {
  readonly steps: Step[] = [];
  readonly diagnostics: Diagnostic[] = [];
  failed: Step | undefined;

  /** Takes an event in, and answers what it says of one resource's step. */
  take(event: EngineEvent): { step: Step; state: "starts" | "done" | "failed" } | undefined {
    if (event.diagnosticEvent) this.#diagnose(event.diagnosticEvent);
    if (event.resOpFailedEvent) {
      this.failed ??= bare(event.resOpFailedEvent.metadata);
      return { step: bare(event.resOpFailedEvent.metadata), state: "failed" };
    }
    if (event.resourcePreEvent) {
      const step = bare(event.resourcePreEvent.metadata);
      this.steps.push(step);
      return { step, state: "starts" };
    }
    if (event.resOutputsEvent) return { step: bare(event.resOutputsEvent.metadata), state: "done" };
    return undefined;
  }

  #diagnose({ urn = "", severity, message, ephemeral }: NonNullable<EngineEvent["diagnosticEvent"]>): void {
    if (ephemeral || (severity !== "error" && severity !== "warning")) return;
    const text = message.replace(/<\{%[^%]*%\}>/g, "").trim();
    const isKnown = this.diagnostics.some((known) => known.urn === urn && known.message === text);
    if (text !== "" && !isKnown) this.diagnostics.push({ urn, severity, message: text });
  }
}

function bare({ urn, op }: Step): Step {
  return { urn, op };
}
