import type { SmokeQuestion } from "../../infra/outputs.ts";
import type { At } from "../deployments/step.ts";

/** A question, and what the answer must show besides the question's own terms. */
export interface Asked {
  readonly listener: "test" | "production";
  readonly question: SmokeQuestion;
  /** Value of the release header; undefined: any. */
  readonly release?: string | undefined;
}

/** Null when the answer is right, else a sentence. */
export async function ask(at: At, asked: Asked): Promise<string | null> {
  const { question, listener } = asked;
  const name = `${question.method ?? "GET"} ${question.path}${listener === "test" ? " on the test listener" : ""}`;
  try {
    const answer = await at.cloud.questions.ask(listener, question, at.signal);
    const wrong = judge(asked, answer, at.snapshot.outputs.deployment.releaseHeader);
    return wrong && `${name} ${wrong}`;
  } catch (error) {
    at.signal.throwIfAborted();
    return `${name} gave no answer: ${error instanceof Error ? error.message : String(error)}`;
  }
}

/** Asks up to `tries` times: one slow or lost answer is not yet a bad release. Questions that write are asked once. */
export async function askPatiently(at: At, asked: Asked, tries: number): Promise<string | null> {
  let wrong: string | null = null;
  const writes = !["GET", "HEAD"].includes(asked.question.method ?? "GET");
  for (let left = writes ? 1 : tries; left > 0; left -= 1) {
    wrong = await ask(at, asked);
    if (!wrong) return null;
    if (left > 1) await at.clock.sleep(100, at.signal);
  }
  return wrong;
}

/** `shop:1.1` is `1.1` in the release header. */
export function nameInHeader(tag: string): string {
  return tag.slice(tag.lastIndexOf(":") + 1);
}

function judge(
  { question, release }: Asked,
  answer: { status: number; headers: Readonly<Record<string, string>>; body: string; ms: number },
  header: string | undefined,
): string | null {
  const status = question.status ?? 200;
  const within = question.within ?? 2000;
  if (answer.status !== status)
    return `answered ${answer.status} instead of ${status}${excerpt(answer.body)}`;
  if (question.contains !== undefined && !answer.body.includes(question.contains)) {
    return `answered without '${question.contains}'${excerpt(answer.body)}`;
  }
  if (answer.ms > within) return `took ${Math.round(answer.ms)} ms; ${within} ms are allowed`;
  if (header === undefined || release === undefined) return null;
  const said = answer.headers[header.toLowerCase()];
  return said === release ? null : `said ${header}: ${said ?? "nothing"} instead of ${release}`;
}

function excerpt(body: string): string {
  const line = body.trim().split("\n", 1)[0] ?? "";
  return line ? `: ${line.slice(0, 200)}` : "";
}
