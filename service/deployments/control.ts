import { AlreadyEnded, UnknownDeployment } from "../errors/refusals.ts";
import type { Message } from "../ports/runs.ts";
import type { Deployment } from "./deployment.ts";
import type { House } from "./house.ts";
import { ended } from "./status.ts";

/** Tells a run at work to stop and take itself back, or that its present wait is long enough. */
export async function control({ runs }: House, id: string, message: Message): Promise<Deployment> {
  const view = await runs.get(id);
  if (!view) throw new UnknownDeployment(id);
  if (ended(view.status)) throw new AlreadyEnded(view);
  return runs.send(id, message);
}
