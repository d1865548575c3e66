import type { DeploymentSettings } from "../../infra/outputs.ts";
import type { Colour, Release } from "../../infra/release.ts";
import { specOn } from "../deployments/snapshot.ts";
import type { At, Step } from "../deployments/step.ts";
import { Problem } from "../errors/problem.ts";
import { askPatiently, nameInHeader, type Asked } from "./asking.ts";
import { mendIt, servedBy } from "./untilHealthy.ts";

/** Tries before an answer counts as wrong. */
const tries = 3;

interface Questions {
  readonly release: Release;
  readonly settings: DeploymentSettings;
}

/** Before the migration: the questions that the old schema can answer, to the staged colour on the test listener. */
export function askSmokeQuestions(staged: Colour, { release, settings }: Questions): Step {
  const questions = settings.smoke.filter(({ needsMigration }) => !(needsMigration && settings.migration));
  const asked = questions.map((question) => ofStaged(question, release));
  return {
    name: "smoke",
    title: `ask ${staged} the smoke questions`,
    run: (at) => allRight(at, staged, asked),
  };
}

/** After the migration: every question, to the staged colour and, but for those that need the migration, to customers' own. */
export function askAgain(staged: Colour, { release, settings }: Questions): Step {
  return {
    name: "smoke-again",
    title: `ask ${staged} and the live colour again`,
    run: (at) =>
      allRight(at, staged, [
        ...settings.smoke.map((question) => ofStaged(question, release)),
        ...ofLive(at, settings),
      ]),
  };
}

/**
 * Under traffic: every question to customers' own listener, which must be answered by this release, or, where it is null,
 * by whichever they have.
 */
export function askCustomersListener(
  colour: Colour,
  { release, settings }: { readonly release: Release | null; readonly settings: DeploymentSettings },
): Step {
  const named = release ? nameInHeader(release.tag) : undefined;
  const asked = settings.smoke
    .filter(({ needsMigration }) => release !== null || !needsMigration)
    .map((question): Asked => ({ listener: "production", question, release: named }));
  return {
    name: release ? "smoke" : "smoke-former",
    title: `ask ${colour} the smoke questions ${release ? "under traffic" : "on the new schema"}`,
    run: async (at) => ({
      evidence: `${await rightAnswers(at, colour, asked)}, from customers' own listener`,
    }),
  };
}

function ofStaged(question: Asked["question"], release: Release): Asked {
  return { listener: "test", question, release: nameInHeader(release.tag) };
}

function ofLive(at: At, settings: DeploymentSettings): readonly Asked[] {
  const { live } = at.snapshot;
  if (!live) return [];
  const spec = specOn(at.snapshot, live);
  return settings.smoke
    .filter(({ needsMigration }) => !needsMigration)
    .map((question) => ({
      listener: "production",
      question,
      release: spec ? nameInHeader(spec.release.tag) : undefined,
    }));
}

async function allRight(at: At, staged: Colour, asked: readonly Asked[]): Promise<{ evidence: string }> {
  await pointTestAt(at, staged);
  const proof = await prove(at, staged);
  return { evidence: `${await rightAnswers(at, staged, asked)}, from ${proof}` };
}

async function rightAnswers(at: At, colour: Colour, asked: readonly Asked[]): Promise<string> {
  const answers = await Promise.all(asked.map((one) => askPatiently(at, one, tries)));
  const wrong = answers.filter((answer) => answer !== null);
  if (wrong.length > 0) {
    throw new Problem("smoke", {
      detail: `${wrong.length} of ${asked.length} smoke questions got a wrong answer: ${wrong[0]}`,
      evidence: wrong,
      next: mendIt(at, colour),
    });
  }
  return `${asked.length} of ${asked.length} right`;
}

/** The test rule is written and read back before anything is asked. */
async function pointTestAt({ cloud, signal, snapshot }: At, staged: Colour): Promise<void> {
  const before = await cloud.traffic.rules(signal);
  if (before.test === staged) return;
  const rules = await cloud.traffic.pointTest(staged, signal);
  if (rules.test === staged) return;
  throw new Problem("not-taken", {
    detail: `The test listener's rule was set to ${staged}, but it reads ${rules.test ?? "neither colour"}.`,
    next: `Look at the rule ${snapshot.outputs.testRule}.`,
  });
}

/** Without a release header the tasks behind the targets prove which release answers. */
async function prove({ cloud, facts, signal, snapshot }: At, staged: Colour): Promise<string> {
  const header = snapshot.outputs.deployment.releaseHeader;
  if (header !== undefined) return `the release that ${header} names`;
  const [targets, tasks] = await Promise.all([
    cloud.traffic.health(staged, signal),
    cloud.tasks.list(staged, signal),
  ]);
  const { right, wrong } = servedBy(targets, tasks, facts.staged?.taskDefinition ?? "");
  if (right > 0 && wrong === 0) return `${right} healthy targets, all of the staged task definition`;
  throw new Problem("smoke", {
    detail:
      right + wrong === 0
        ? `${staged} has no healthy target, so nothing proves which release answers.`
        : `${wrong} of ${right + wrong} healthy targets of ${staged} are not tasks of the staged release.`,
    next: "Deploy again; if it comes back, look at who registers targets in that group.",
  });
}
