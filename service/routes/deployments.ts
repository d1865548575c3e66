import type { FastifyPluginCallbackTypebox } from "@fastify/type-provider-typebox";
import { Type, type TSchema } from "typebox";
import { sections } from "../../infra/configurationKeys.ts";
import { control } from "../deployments/control.ts";
import { deploy } from "../deployments/deploy.ts";
import type { House } from "../deployments/house.ts";
import type { Once } from "../deployments/idempotency.ts";
import { engines } from "../engines/engines.ts";
import { UnknownDeployment } from "../errors/refusals.ts";
import { onBusy } from "../ports/runs.ts";
import { keyed, keyHeader } from "./keyed.ts";
import { accepted, deployment, refusals, stackName } from "./schemas.ts";

const { shift, shiftPercent, shiftInterval, bake, undoWindow, healthyWithin } = sections.Deployments;

/** A setting for this deployment alone, within the limits of the stack's configuration; left out, that one counts. */
function override<Key extends TSchema>(key: Key) {
  const limits = Object.entries(key).filter(([name]) => name !== "default" && name !== "allowed");
  return Type.Optional(Object.fromEntries(limits) as Key);
}

const request = Type.Object(
  {
    stack: stackName,
    image: Type.String({
      minLength: 1,
      maxLength: 400,
      description: "`shop:1.1`: a tag in the stack's own registry.",
    }),
    engine: Type.Optional(Type.String({ description: `One of: ${Object.keys(engines).join(", ")}.` })),
    shift: override(shift),
    shiftPercent: override(shiftPercent),
    shiftInterval: override(shiftInterval),
    bake: override(bake),
    undoWindow: override(undoWindow),
    healthyWithin: override(healthyWithin),
    onBusy: Type.Optional(
      Type.Enum([...onBusy], {
        description:
          "Where another run is at work on the stack: reject (default), queue behind it, or queue and end those that wait already.",
      }),
    ),
  },
  { additionalProperties: false, title: "DeploymentRequest" },
);

const byId = Type.Object({ id: Type.String({ minLength: 1, maxLength: 100 }) });

export const deploymentRoutes: FastifyPluginCallbackTypebox<{ house: House; once: Once }> = (
  app,
  { house, once },
  done,
) => {
  app.post(
    "/deployments",
    {
      schema: {
        tags: ["deployments"],
        summary: "Deploy a release",
        headers: keyHeader,
        body: request,
        response: accepted,
      },
    },
    async (request, reply) => {
      const given = keyed(request, reply);
      const run = await once(given.key, () => deploy(house, request.body, given));
      return reply.code(202).header("location", `/deployments/${run.id}`).send(run);
    },
  );

  app.get(
    "/deployments/:id",
    {
      schema: {
        tags: ["deployments"],
        summary: "One run with its timeline",
        params: byId,
        response: { 200: deployment, ...refusals },
      },
    },
    async ({ params: { id } }) => {
      const run = await house.runs.get(id);
      if (!run) throw new UnknownDeployment(id);
      return run;
    },
  );

  for (const [kind, summary] of [
    ["cancel", "Stop it and take everything back; a migration under way ends first"],
    ["promote", "Skip the rest of the present wait"],
  ] as const) {
    app.post(
      `/deployments/:id/${kind}`,
      { schema: { tags: ["deployments"], summary, params: byId, response: accepted } },
      async ({ params: { id } }, reply) => {
        const run = await control(house, id, { kind });
        return reply.code(202).header("location", `/deployments/${run.id}`).send(run);
      },
    );
  }
  done();
};
