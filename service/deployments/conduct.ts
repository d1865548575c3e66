import { engineOf, plan as planOfEngines } from "../engines/engines.ts";
import type { Plan } from "../engines/plan.ts";
import { detailsOf } from "../errors/details.ts";
import type { ProblemDetails } from "../errors/problem.ts";
import type { Ground } from "../ports/ground.ts";
import type { Journal, NewRun } from "../ports/runs.ts";
import { attempt } from "./attempt.ts";
import { placeOf } from "./deploy.ts";
import { guarded } from "./guarded.ts";
import { restAfter, restAgain } from "./restAfter.ts";
import { prepare } from "./prepare.ts";
import type { Facts, Step } from "./step.ts";
import type { Order } from "./order.ts";
import { specOn, type Snapshot } from "./snapshot.ts";
import { lackOf } from "./undo.ts";
import { openStory, toCome, type Story } from "./story.ts";
import { Stopped, stops } from "./stopped.ts";
import { callForHelp, type Wanted } from "./stuck.ts";
import { unwind } from "./unwind.ts";

/**
 * Carries out one run, from its order to its end: each step once, and all of them taken back when one fails.
 * @param plan What the run does; default: what the engines say.
 */
export async function conduct(
  run: NewRun,
  journal: Journal,
  ground: Ground,
  plan: typeof planOfEngines = planOfEngines,
): Promise<void> {
  if (!(await journal.take("forward"))) return;
  const story = openStory(journal, run.view);
  const now = () => ground.clock.now().toISOString();
  await story.tell({
    status: "running",
    startedAt: await journal.once("begin", () => Promise.resolve(now())),
  });
  const prepared = await prepare(run, journal, ground);
  if (prepared.kind === "superseded") {
    const finishedAt = await journal.once("superseded", () => Promise.resolve(now()));
    if (prepared.again && run.order.kind === "rest")
      await journal.follow(restAgain(run.order, run.view, finishedAt));
    return story.tell({ status: "superseded", finishedAt, notes: [...story.view().notes, prepared.why] });
  }
  if (prepared.kind === "failed") {
    const finishedAt = await journal.once("failed", () => Promise.resolve(now()));
    return refuse(run, story, { finishedAt, error: prepared.problem });
  }
  const { snapshot } = prepared;
  const todo = plan(run.order, snapshot);
  if (run.waited && run.order.kind === "deployment") await story.tell(placeOf(run.order, snapshot));
  if (run.waited && run.order.kind === "undo")
    await story.tell({ notes: [...new Set([...story.view().notes, ...lackOf(run.order, snapshot)])] });
  const steps = await known(todo.steps, journal);
  await story.tell({ steps: toCome(steps) });
  const stage: Stage = { snapshot, journal, ground, story };
  const played = await play(steps, stage);
  if (played.failure) await giveBack(run, { ...played, failure: played.failure }, stage);
  else await finish(run, todo, stage);
}

/** The steps of the list as it was when this run began, or as it is now where the run comes to it only now. */
async function known(steps: readonly Step[], journal: Journal): Promise<readonly Step[]> {
  const kept: Step[] = [];
  for (const step of steps) {
    if (step.since === undefined || (await journal.knows(step.since))) kept.push(step);
  }
  return kept;
}

/** A run that could not begin: nothing was touched. */
async function refuse(
  { order }: NewRun,
  story: Story,
  what: { readonly finishedAt: string; readonly error: ProblemDetails },
): Promise<void> {
  if (order.kind !== "deployment") return story.tell({ status: "stuck", ...what });
  await story.tell({ status: "rolling-back" });
  await story.tell({ status: "rolled-back", ...what });
}

interface Stage {
  readonly snapshot: Snapshot;
  readonly journal: Journal;
  readonly ground: Ground;
  readonly story: Story;
}

interface Failure {
  readonly problem: ProblemDetails;
  readonly by?: "cancel" | "undo";
}

interface Played {
  readonly begun: readonly Step[];
  readonly facts: Facts;
  readonly failure?: Failure;
}

async function play(steps: readonly Step[], stage: Stage): Promise<Played> {
  const { journal, story } = stage;
  const begun: Step[] = [];
  let facts: Facts = {};
  let heard = 0;
  for (const step of steps) {
    begun.push(step);
    const outcome = await journal.once(step.name, async () => {
      await story.step(step.name, { status: "running", startedAt: stage.ground.clock.now().toISOString() });
      const say = (evidence: string) => void story.step(step.name, { evidence });
      return attempt(step, { ...baseOf(stage), facts, say }, { journal, heard });
    });
    const { startedAt, finishedAt } = outcome;
    heard = outcome.heard;
    if (outcome.kind !== "done") {
      const status = outcome.kind;
      await story.step(step.name, { status, startedAt, finishedAt, evidence: outcome.problem.detail });
      const by = outcome.kind === "stopped" ? { by: outcome.by } : {};
      return { begun, facts, failure: { problem: outcome.problem, ...by } };
    }
    facts = { ...facts, ...outcome.facts };
    await story.step(step.name, { status: "done", startedAt, finishedAt, evidence: outcome.evidence });
    await story.tell(shown(outcome.facts ?? {}));
  }
  const late = (await journal.once("close", () => journal.close())).find(stops);
  if (!late) return { begun, facts };
  const stopped = new Stopped(late.kind, stage.snapshot.stack);
  return { begun, facts, failure: { problem: detailsOf(stopped), by: stopped.by } };
}

async function giveBack(
  run: NewRun,
  played: Played & { readonly failure: Failure },
  stage: Stage,
): Promise<void> {
  const { story, journal, ground } = stage;
  const { begun, facts, failure } = played;
  const later = story
    .view()
    .steps.map((step) => (step.status === "waiting" ? { ...step, status: "skipped" as const } : step));
  await story.tell({ status: "rolling-back", error: failure.problem, steps: later });
  await journal.take("back");
  const undoErrors = await unwind(begun, { ...baseOf(stage), facts }, { journal, story });
  const finishedAt = await journal.once("end", () => Promise.resolve(ground.clock.now().toISOString()));
  // An undo that did not come through leaves customers on a release that somebody wanted gone: a person is called.
  if (undoErrors.length > 0 || run.order.kind === "undo") {
    const { snapshot } = stage;
    const wanted = wantedBy(run.order, snapshot);
    const { notes, ...seen } = await journal.once("call", () =>
      callForHelp(ground.cloud(snapshot.outputs), snapshot, wanted),
    );
    const told = { ...seen, notes: [...story.view().notes, ...notes] };
    return story.tell({
      status: "stuck",
      finishedAt,
      ...(undoErrors.length > 0 ? { undoErrors } : {}),
      ...told,
    });
  }
  await story.tell({
    status: failure.by === "cancel" ? "cancelled" : "rolled-back",
    finishedAt,
    weights: stage.snapshot.rules.production,
  });
}

/** What customers were to have when a run could not go back. */
function wantedBy(order: Order, snapshot: Snapshot): Wanted {
  if (order.kind === "undo") {
    const engine = engineOf(order);
    return { colour: engine.goesTo(snapshot), revision: engine.former(snapshot) };
  }
  const colour = snapshot.live ?? snapshot.idle;
  return { colour, revision: specOn(snapshot, colour) };
}

async function finish(run: NewRun, todo: Plan, stage: Omit<Stage, "snapshot">): Promise<void> {
  const { journal, ground, story } = stage;
  const finishedAt = await journal.once("end", () => Promise.resolve(ground.clock.now().toISOString()));
  if (!todo.then) return story.tell({ status: "succeeded", finishedAt });
  const dueAt = new Date(Date.parse(finishedAt) + todo.then.after * 1000).toISOString();
  await journal.follow(restAfter(story.view(), { colour: todo.then.rest, dueAt, createdAt: finishedAt }));
  const undoUntil = run.order.kind === "deployment" ? { undoUntil: dueAt } : {};
  await story.tell({ status: "succeeded", finishedAt, ...undoUntil });
}

function baseOf(stage: Stage) {
  const { snapshot, ground, journal } = stage;
  return {
    run: journal.id,
    snapshot,
    ...guarded({ cloud: ground.cloud(snapshot.outputs), stacks: ground.stacks }, journal),
    clock: ground.clock,
  };
}

/** The facts that a reader of the run wants at its head. */
function shown({ weights, trafficLiveAt, migrated }: Facts) {
  return {
    ...(weights ? { weights } : {}),
    ...(trafficLiveAt ? { trafficLiveAt } : {}),
    ...(migrated ? { migrated } : {}),
  };
}
