import type { Moment } from "./stacks.ts";
import { isWrite } from "./words.ts";

/** A moment of whichever run comes to it. */
export type Point = Omit<Moment, "run">;

/** What every step reads before it acts. */
const drift = ["traffic.rules", "tasks.service blue", "tasks.service green"];

/**
 * The moments at which a run is to be cut off, from the trace of one that was not: around each write of a step (around
 * its own last question where it writes nothing, around the step itself where it asks nothing), after its checkpoint,
 * and in its first wait.
 */
export function pointsOf(trace: readonly Moment[], run: string): readonly Point[] {
  const own = trace.filter((moment) => moment.run === run);
  const steps = [...new Set(own.map(({ step }) => step))];
  return steps.flatMap((step) => {
    const here = own.filter((moment) => moment.step === step);
    const has = (at: Moment["at"]) => here.some((moment) => moment.at === at);
    return [
      ...effects(here).flatMap((effect) => [
        { step, at: "before the effect" as const, ...effect },
        { step, at: "after the effect" as const, ...effect },
      ]),
      ...(has("after the checkpoint") ? [{ step, at: "after the checkpoint" as const }] : []),
      ...(has("while waiting") ? [{ step, at: "while waiting" as const }] : []),
    ];
  });
}

/** Steps that never come to a moment. */
export function without(points: readonly Point[], at: Moment["at"]): readonly string[] {
  const steps = new Set(points.map(({ step }) => step));
  return [...steps].filter((step) => !points.some((point) => point.step === step && point.at === at));
}

export function sayPoint({ step, at, call }: Point): string {
  return `${step}, ${at}${call === undefined ? "" : ` (${call})`}`;
}

function effects(here: readonly Moment[]): readonly Pick<Moment, "call">[] {
  const calls = new Set(here.flatMap(({ call }) => (call === undefined ? [] : [call])));
  const writes = [...calls].filter(isWrite);
  if (writes.length > 0) return writes.map((call) => ({ call }));
  const last = [...calls].filter((call) => !drift.includes(call)).at(-1) ?? [...calls].at(-1);
  return [last === undefined ? {} : { call: last }];
}
