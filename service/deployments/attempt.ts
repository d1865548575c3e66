import { setMaxListeners } from "node:events";
import { detailsOf } from "../errors/details.ts";
import type { ProblemDetails } from "../errors/problem.ts";
import { Overtaken } from "../errors/refusals.ts";
import type { Journal, Message } from "../ports/runs.ts";
import { refuseDrift } from "./drift.ts";
import type { At, Done, Step } from "./step.ts";
import { never } from "./never.ts";
import { Stopped, stops } from "./stopped.ts";

/** How a step ended: plain JSON, recorded. Times are ISO 8601; `heard` counts the messages that it took notice of. */
export type Outcome = { readonly startedAt: string; readonly finishedAt: string; readonly heard: number } & (
  | ({ readonly kind: "done" } & Done)
  | { readonly kind: "stopped"; readonly by: "cancel" | "undo"; readonly problem: ProblemDetails }
  | { readonly kind: "failed"; readonly problem: ProblemDetails }
);

/**
 * Tries one step: hears what was said from outside, refuses drift, acts. Never throws: a failure is an outcome.
 * A promote counts for the step in which it is heard, not for the ones after it.
 */
export async function attempt(
  step: Step,
  base: Omit<At, "signal" | "promoted">,
  hearing: { readonly journal: Journal; readonly heard: number },
): Promise<Outcome> {
  const startedAt = base.clock.now().toISOString();
  const stop = new AbortController();
  const promote = new AbortController();
  const over = new AbortController();
  // Every request and every sleep of a long step listens to the same signals.
  setMaxListeners(0, stop.signal, promote.signal, over.signal);
  const ears = { ...hearing, stop, promote, over: over.signal, stack: base.snapshot.stack };
  let heard = hearing.heard;
  const times = () => ({ startedAt, finishedAt: base.clock.now().toISOString(), heard });
  const signal = step.hasBegun ? never() : stop.signal;
  const at: At = { ...base, signal, promoted: promote.signal };
  try {
    heard = await hear(ears, heard);
    // What an earlier process of this run began and nobody may cut short is seen through; a stop is heard after it.
    if (!(await step.hasBegun?.(at))) {
      if (step.noReturn) heard = heed(ears, heard, await hearing.journal.passNoReturn());
      stop.signal.throwIfAborted();
      await refuseDrift(at, step);
    }
    void listen(ears, heard, (count) => (heard = count));
    return { kind: "done", ...(await step.run(at)), ...times() };
  } catch (error) {
    const overtaken = error instanceof Overtaken;
    // Whoever took the right of way said why before.
    if (overtaken) heard = await hear(ears, heard);
    const reason: unknown = stop.signal.reason;
    const cutShort = !step.hasBegun || overtaken || error === reason;
    if (cutShort && reason instanceof Stopped) {
      return { kind: "stopped", by: reason.by, problem: detailsOf(reason), ...times() };
    }
    return { kind: "failed", problem: detailsOf(error), ...times() };
  } finally {
    over.abort();
  }
}

interface Ears {
  readonly journal: Journal;
  readonly stop: AbortController;
  readonly promote: AbortController;
  readonly over: AbortSignal;
  readonly stack: string;
}

/** Takes notice of the messages after the first `heard` ones; answers how many there are now. */
async function hear(
  ears: Ears,
  heard: number,
  wait?: { after: number; signal: AbortSignal },
): Promise<number> {
  return heed(ears, heard, await ears.journal.messages(wait));
}

function heed(ears: Ears, heard: number, messages: readonly Message[]): number {
  // A stop of long ago still counts: it may have come while nothing could be stopped.
  for (const [index, message] of messages.entries()) {
    if (stops(message)) ears.stop.abort(new Stopped(message.kind, ears.stack));
    else if (index >= heard) ears.promote.abort();
  }
  return messages.length;
}

async function listen(ears: Ears, from: number, count: (heard: number) => void): Promise<void> {
  let heard = from;
  while (!ears.over.aborted) {
    try {
      heard = await hear(ears, heard, { after: heard, signal: ears.over });
    } catch {
      return; // the step is over, or the journal is away: the next step hears it
    }
    count(heard);
  }
}
