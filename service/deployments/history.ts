import { Problem } from "../errors/problem.ts";
import type { RunQuery, Runs } from "../ports/runs.ts";
import type { Deployment } from "./deployment.ts";

/** Runs in one read while all of them are gone through. */
const batch = 200;

type Lister = Pick<Runs, "list">;

/** One page of runs, the newest first, and the cursor of the next one where there is one. */
export async function pageAfter(
  runs: Lister,
  query: RunQuery & { readonly limit: number },
): Promise<{ readonly deployments: readonly Deployment[]; readonly next?: string }> {
  const found = await runs.list({ ...query, limit: query.limit + 1 });
  const deployments = found.slice(0, query.limit);
  const last = deployments.at(-1);
  return found.length > query.limit && last
    ? { deployments, next: Buffer.from(`${last.createdAt} ${last.id}`).toString("base64url") }
    : { deployments };
}

/** The place that a cursor names. Throws a Problem on one that this service did not make. */
export function older(cursor: string | undefined): Pick<RunQuery, "before"> {
  if (cursor === undefined) return {};
  const [createdAt = "", id = ""] = Buffer.from(cursor, "base64url").toString().split(" ");
  // Every part as this service writes it: the database takes neither all that Date.parse does nor a NUL.
  if (
    !/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/.test(createdAt) ||
    Number.isNaN(Date.parse(createdAt)) ||
    !/^[\w-]+$/.test(id)
  ) {
    throw new Problem("bad-request", {
      detail: `'${cursor}' is no cursor of this service.`,
      next: "Leave `cursor` out for the first page; the answer's `next` is the one of the second.",
    });
  }
  return { before: { createdAt, id } };
}

/** All runs of the query, the newest first, read a batch at a time. */
export async function* history(runs: Lister, query: RunQuery): AsyncGenerator<Deployment> {
  let before: RunQuery["before"];
  for (;;) {
    const found = await runs.list({ ...query, limit: batch, ...(before ? { before } : {}) });
    yield* found;
    const last = found.at(-1);
    if (!last || found.length < batch) return;
    before = { createdAt: last.createdAt, id: last.id };
  }
}
