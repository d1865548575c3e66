import type { FastifyPluginCallbackTypebox } from "@fastify/type-provider-typebox";
import { Type } from "typebox";
import type { House } from "../deployments/house.ts";

/** For whoever runs this service: no token needed, nothing told. */
export const healthRoutes: FastifyPluginCallbackTypebox<{ house: House }> = (app, { house }, done) => {
  const ok = Type.Object({ ok: Type.Boolean() });
  app.get(
    "/healthz",
    { schema: { tags: ["health"], summary: "The process answers", security: [], response: { 200: ok } } },
    () => ({ ok: true }),
  );
  app.get(
    "/readyz",
    {
      schema: {
        tags: ["health"],
        summary: "Its database answers too",
        security: [],
        response: { 200: ok, 503: ok },
      },
    },
    async (_request, reply) => {
      try {
        await house.runs.list({ limit: 1 });
        return { ok: true };
      } catch {
        return reply.code(503).header("retry-after", "1").send({ ok: false });
      }
    },
  );
  done();
};
