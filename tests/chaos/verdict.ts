import type { Deployment } from "../../service/deployments/deployment.ts";
import { ended } from "../../service/deployments/status.ts";
import type { Posted } from "./person.ts";
import type { Write } from "./recordingAws.ts";

/** What went wrong, in sentences with the runs' ids; all empty when nothing did. */
export interface Verdict {
  /** Runs that a person has to look at, or that never ended. */
  readonly stuck: readonly string[];
  /** Two runs of the stack at the same time, or a run that went back to a process that had lost it. */
  readonly overlaps: readonly string[];
  /** Something done twice: a migration, a run that nobody asked for. */
  readonly doubled: readonly string[];
  /** Ends that the kills must not have changed, of runs and of the whole. */
  readonly unexpected: readonly string[];
}

export function judge(seen: {
  readonly history: readonly Deployment[];
  readonly writes: readonly Write[];
  readonly posted: readonly Posted[];
  readonly answered: ReadonlySet<string>;
  /** Tasks that each run started by itself. */
  readonly migrations: ReadonlyMap<string, number>;
}): Verdict {
  const { history, writes, posted, answered, migrations } = seen;
  const began = history
    // What was superseded did nothing.
    .filter(({ startedAt, status }) => startedAt !== undefined && status !== "superseded")
    .toSorted((a, b) => (String(a.startedAt) < String(b.startedAt) ? -1 : 1));
  return {
    stuck: history.filter(({ kind, status }) => status === "stuck" || !isOver(kind, status)).map(sayRun),
    overlaps: [
      ...began.flatMap((run, index) => {
        const next = began[index + 1];
        return next && String(next.startedAt) < (run.finishedAt ?? "9")
          ? [`${sayRun(run)} and ${sayRun(next)}`]
          : [];
      }),
      ...began.flatMap((run) => {
        const hands = handsOf(run, writes);
        return new Set(hands).size === hands.length
          ? []
          : [`${sayRun(run)} went through ${hands.join(", ")}`];
      }),
    ],
    doubled: [
      ...[...migrations]
        .filter(([, count]) => count > 1)
        .map(([id, count]) => `${id} migrated ${count} times`),
      ...history
        .filter(({ kind, id }) => (kind === "deployment" || kind === "undo") && !answered.has(id))
        .map((run) => `${sayRun(run)} was asked for once, by another id`),
    ],
    unexpected: posted.flatMap(({ run, good, stopped }) => {
      const allowed =
        good && !stopped ? ["succeeded"] : good ? [...stops, "succeeded"] : [...stops, "rolled-back"];
      // What was queued behind the same release has nothing to do at its turn.
      return allowed.includes(run.status) || run.error?.code === "already-live" ? [] : [sayRun(run)];
    }),
  };
}

const stops: readonly string[] = ["cancelled", "rolled-back", "superseded"];

/** A rest that is due later has not begun: it need not have ended. */
function isOver(kind: Deployment["kind"], status: Deployment["status"]): boolean {
  return ended(status) || (kind === "rest" && status === "queued");
}

/** The processes that wrote while the run went on, each as often as it changed. */
function handsOf(
  { startedAt = "", finishedAt = "9" }: Deployment,
  writes: readonly Write[],
): readonly string[] {
  return writes
    .filter(({ at }) => at >= Date.parse(startedAt) && at <= Date.parse(finishedAt))
    .map(({ by }) => by)
    .filter((by, index, all) => by !== all[index - 1]);
}

/** A run in a line. */
export function sayRun({ id, kind, image, status, error, undoErrors, steps, notes }: Deployment): string {
  const at = steps
    .filter(({ status: step }) => step !== "done" && step !== "skipped")
    .map(({ name }) => name);
  const why = [...[error, ...(undoErrors ?? [])].flatMap((problem) => problem?.detail ?? []), ...notes].join(
    " ",
  );
  return `${kind} ${id} of ${image ?? "nothing"}: ${status} ${why} (${at.join(", ")})`;
}
