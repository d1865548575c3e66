import type { Outputs } from "../../infra/outputs.ts";
import type { Result } from "../../service/adapters/pulumi/job.ts";
import type { Release } from "../../infra/release.ts";
import { type Engine, plain, stack } from "./engine.ts";

/** An image can only be pushed where the registry stands, so a new stack's first update is targeted at it. */
export const registryUrn = `urn:pulumi:${stack}::turnout::aws:ecr/repository:Repository::repository`;

/** @throws Error with what the engine said, where the run failed */
export function done(result: Result): Extract<Result, { kind: "done" }> {
  if (result.kind === "failed") throw new Error(result.diagnostics.map(({ message }) => message).join("\n"));
  return result;
}

export function outputsOf(result: Result): Outputs {
  const { outputs } = done(result);
  if (!outputs) throw new Error("There are no outputs.");
  return outputs;
}

/** Makes the stack with shop:1.0 on blue, and answers a release that may come next. */
export async function serve(engine: Engine): Promise<Release> {
  done(await engine.up(plain, { targets: [registryUrn] }));
  await engine.push("1.0");
  const { record } = outputsOf(await engine.up(plain));
  if (!record.blue) throw new Error("blue got no release");
  return { ...record.blue.release, tag: "shop:1.1" };
}
