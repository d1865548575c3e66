import { Readable } from "node:stream";
import type { FastifyPluginCallbackTypebox } from "@fastify/type-provider-typebox";
import { Type } from "typebox";
import type { Deployment } from "../deployments/deployment.ts";
import { history, older, pageAfter } from "../deployments/history.ts";
import type { House } from "../deployments/house.ts";
import { statuses } from "../deployments/status.ts";
import { deployment, refusals } from "./schemas.ts";

const filter = {
  stack: Type.Optional(Type.String()),
  status: Type.Optional(Type.Enum([...statuses])),
};

const page = Type.Unsafe<{ readonly deployments: readonly Deployment[]; readonly next?: string }>(
  Type.Object({
    deployments: Type.Array(deployment),
    next: Type.Optional(Type.String({ description: "The `cursor` of the next page; absent on the last." })),
  }),
);

/** All runs that were, the newest first. */
export const historyRoutes: FastifyPluginCallbackTypebox<{ house: House }> = (app, { house }, done) => {
  app.get(
    "/deployments",
    {
      schema: {
        tags: ["deployments"],
        summary: "Runs, the newest first",
        querystring: Type.Object(
          {
            ...filter,
            limit: Type.Optional(
              Type.String({ pattern: "^[1-9][0-9]{0,2}$", description: "1 to 999; default 50." }),
            ),
            cursor: Type.Optional(Type.String({ description: "The `next` of the page before." })),
          },
          { additionalProperties: false },
        ),
        response: { 200: page, ...refusals },
      },
    },
    async ({ query: { limit, cursor, ...query } }) =>
      pageAfter(house.runs, { ...query, limit: Number(limit ?? 50), ...older(cursor) }),
  );

  app.get(
    "/deployments/export",
    {
      schema: {
        tags: ["deployments"],
        summary: "The same as JSON lines, all of them",
        produces: ["application/x-ndjson"],
        querystring: Type.Object(filter, { additionalProperties: false }),
      },
    },
    async ({ query }, reply) => {
      const lines = async function* () {
        for await (const run of history(house.runs, query)) yield `${JSON.stringify(run)}\n`;
      };
      return reply.type("application/x-ndjson; charset=utf-8").send(Readable.from(lines()));
    },
  );
  done();
};
