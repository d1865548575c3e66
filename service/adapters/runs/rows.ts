import type { Pool } from "pg";
import type { Deployment } from "../../deployments/deployment.ts";
import { ended, statuses } from "../../deployments/status.ts";
import type { RunQuery } from "../../ports/runs.ts";
import { channel } from "./changes.ts";

export const active = statuses.filter((status) => !ended(status));

/** A run as it lies in the table. */
export interface Row {
  readonly view: Deployment;
  readonly revision: number;
}

/** What readers see of runs. */
export interface Rows {
  /**
   * Says nothing of a run that has ended, nor of one that another executor has in hand by now. Its end is the end of its
   * right of way.
   */
  report(view: Deployment, executor: string): Promise<void>;
  get(id: string): Promise<Deployment | undefined>;
  list(query: RunQuery): Promise<readonly Deployment[]>;
}

export function createRows(pool: Pool): Rows {
  return {
    report: async (view, executor) => {
      await pool.query(
        `with told as (
           update turnout.runs set view = $2, status = $3, revision = revision + 1
           where id = $1 and coalesce(executor, $4) = $4 and status = any($5) returning id, stack
         ), over as (
           update turnout.stacks set epoch = epoch + 1 where $6 and stack in (select stack from told)
         ) select pg_notify('${channel}', id) from told`,
        [view.id, storable(view), view.status, executor, active, ended(view.status)],
      );
    },
    get: async (id) => {
      const found = await pool.query<Row>("select view, revision from turnout.runs where id = $1", [id]);
      return found.rows[0] && shown(found.rows[0]);
    },
    list: async ({ stack, status, kind, before, limit = 50 }) => {
      const found = await pool.query<Row>(
        `select view, revision from turnout.runs
         where ($1::text is null or stack = $1) and ($2::text is null or status = $2)
           and ($3::text[] is null or kind = any($3))
           and ($4::timestamptz is null or (created_at, id) < ($4, $5))
         order by created_at desc, id desc limit $6`,
        [stack ?? null, status ?? null, kind ?? null, before?.createdAt ?? null, before?.id ?? null, limit],
      );
      return found.rows.map(shown);
    },
  };
}

/**
 * JSON that the database takes: no NUL, and no half of a character. Either may be in a log, or where a text was cut off.
 */
export function storable(value: unknown): string {
  return JSON.stringify(value, (_key, field: unknown) =>
    typeof field === "string" ? field.replaceAll("\0", "").toWellFormed() : field,
  );
}

/** The row's own count of its changes is the one that readers wait for. */
export function shown({ view, revision }: Row): Deployment {
  return { ...view, revision };
}
