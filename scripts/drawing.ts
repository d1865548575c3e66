import pico from "picocolors";
import type { Snapshot } from "../bench/load.ts";
import type { Colour } from "../infra/release.ts";
import type { Deployment, StepView } from "../service/deployments/deployment.ts";

export interface Scene {
  readonly run: Deployment;
  /** The customers' load, while there is one. */
  readonly load?: Pick<Snapshot, "answered" | "failed" | "lastSecond">;
  readonly now: Date;
}

export interface Paper {
  /** Characters in a line. */
  readonly width: number;
  readonly colours: boolean;
}

/** A run on a terminal, line by line: its steps with their times, the weights, what customers get. */
export function draw({ run, load, now }: Scene, { width, colours }: Paper): readonly string[] {
  const pen = pico.createColors(colours);
  const nameWidth = Math.max(...run.steps.map(({ name }) => name.length));
  const steps = run.steps.map((step) => {
    const { mark, ink } = marks[step.status];
    const line = cut(` ${mark} ${step.name.padEnd(nameWidth)} ${elapsed(step, now).padStart(7)}  `, width);
    return `${pen[ink](line)}${pen.dim(cut(step.evidence ?? step.title, width - line.length))}`;
  });
  const title = `${run.image ?? run.kind} → ${run.colour ?? "the other colour"}`;
  return [
    `${pen.bold(title)}   ${run.status}`,
    ...steps,
    ...(run.weights ? ["", ` weights   ${bar(run.weights, pen)}`] : []),
    ...(load ? [` requests  ${requests(load, pen)}`] : []),
  ];
}

/** `1.0 212/s  1.1 88/s  failed 0  4,512 answered`. */
export function requests(
  { answered, failed, lastSecond }: NonNullable<Scene["load"]>,
  pen = pico.createColors(false),
): string {
  const releases = Object.entries(lastSecond.releases)
    .sort(([a], [b]) => a.localeCompare(b))
    .map(([name, count]) => `${pen.bold(name)} ${count}/s`);
  const bad = `failed ${failed}`;
  return [...releases, failed > 0 ? pen.red(bad) : bad, `${answered.toLocaleString("en")} answered`].join(
    "   ",
  );
}

/** `12.3 s`: how long a step took, or takes by now. */
export function elapsed({ startedAt, finishedAt }: StepView, now: Date): string {
  if (!startedAt) return "";
  const end = finishedAt ? new Date(finishedAt) : now;
  return `${(Math.max(0, end.getTime() - new Date(startedAt).getTime()) / 1000).toFixed(1)} s`;
}

type Ink = "green" | "red" | "yellow" | "dim";

const marks = {
  waiting: { mark: "·", ink: "dim" },
  running: { mark: "▸", ink: "yellow" },
  done: { mark: "✔", ink: "green" },
  failed: { mark: "✖", ink: "red" },
  stopped: { mark: "■", ink: "yellow" },
  skipped: { mark: "–", ink: "dim" },
  undoing: { mark: "◂", ink: "yellow" },
  undone: { mark: "↶", ink: "dim" },
} as const satisfies Record<StepView["status"], { readonly mark: string; readonly ink: Ink }>;

const barWidth = 30;

function bar(weights: Readonly<Record<Colour, number>>, pen: ReturnType<typeof pico.createColors>): string {
  const green = Math.round((weights.green / (weights.blue + weights.green || 1)) * barWidth);
  const blue = barWidth - green;
  return `blue ${String(weights.blue).padStart(3)} ${pen.blue("█".repeat(blue))}${pen.green("█".repeat(green))} ${weights.green} green`;
}

function cut(text: string, room: number): string {
  const [line = ""] = text.split("\n");
  if (line.length <= room) return line;
  return room < 1 ? "" : `${line.slice(0, room - 1)}…`;
}
