import type { FastifyPluginCallbackTypebox } from "@fastify/type-provider-typebox";
import { Type } from "typebox";
import type { House } from "../deployments/house.ts";
import { restIdle, warmIdle } from "../deployments/idle.ts";
import type { Once } from "../deployments/idempotency.ts";
import { viewStack } from "../deployments/stackView.ts";
import { undo } from "../deployments/undo.ts";
import { keyed, keyHeader } from "./keyed.ts";
import { accepted, refusals, stackName, stackView } from "./schemas.ts";
import { untilGone } from "./untilGone.ts";

const byName = Type.Object({ stack: stackName });

const undoRequest = Type.Object(
  {
    acceptMigrated: Type.Optional(
      Type.Boolean({ description: "The migration stays, and the former release is known to run on it." }),
    ),
    now: Type.Optional(
      Type.Boolean({
        description: "Move the weights before the former colour has all the tasks that the load needs.",
      }),
    ),
  },
  { additionalProperties: false, title: "UndoRequest" },
);

export const stackRoutes: FastifyPluginCallbackTypebox<{ house: House; once: Once }> = (
  app,
  { house, once },
  done,
) => {
  app.get(
    "/stacks/:stack",
    {
      schema: {
        tags: ["stacks"],
        summary: "Weights, colours, health and drift, as AWS shows them now",
        params: byName,
        response: { 200: stackView, ...refusals },
      },
    },
    (request, reply) => viewStack(house, request.params.stack, untilGone(reply)),
  );

  app.post(
    "/stacks/:stack/undo",
    {
      schema: {
        tags: ["stacks"],
        summary: "Give traffic back to the former release",
        params: byName,
        headers: keyHeader,
        // A request without a body is one without wishes.
        body: Type.Union([undoRequest, Type.Null()]),
        response: accepted,
      },
      preValidation: (request, _reply, next) => {
        request.body ??= null;
        next();
      },
    },
    async (request, reply) => {
      const given = keyed(request, reply);
      const wishes = { ...request.params, ...request.body };
      const run = await once(given.key, () => undo(house, wishes, given));
      return reply.code(202).header("location", `/deployments/${run.id}`).send(run);
    },
  );

  for (const [path, act, summary] of [
    ["rest-idle", restIdle, "Let the idle colour go to zero tasks now"],
    ["warm-idle", warmIdle, "Bring the idle colour up, ready for an undo"],
  ] as const) {
    app.post(
      `/stacks/:stack/${path}`,
      { schema: { tags: ["stacks"], summary, params: byName, response: accepted } },
      async (request, reply) => {
        const run = await act(house, request.params.stack, untilGone(reply));
        return reply.code(202).header("location", `/deployments/${run.id}`).send(run);
      },
    );
  }
  done();
};
