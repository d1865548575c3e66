import { dirname, join } from "node:path";
import { type Engine, stack } from "../../../infra/engine.ts";

/** The folder that holds all of an engine's own. */
export function folderOf(engine: Engine): string {
  return dirname(engine.environment["PULUMI_HOME"] ?? "");
}

/** Where the CLI's file backend keeps the stack's locks. */
export function locksFolder(engine: Engine): string {
  const state = engine.environment["PULUMI_BACKEND_URL"]?.replace("file://", "") ?? "";
  return join(state, ".pulumi/locks/organization/turnout", stack);
}
