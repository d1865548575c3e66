import swagger from "@fastify/swagger";
import type { TypeBoxTypeProvider } from "@fastify/type-provider-typebox";
import fastify, { type FastifyBaseLogger, type FastifyInstance } from "fastify";
import type { House } from "./deployments/house.ts";
import { createOnce } from "./deployments/idempotency.ts";
import { sendProblems } from "./errors/sendProblems.ts";
import { askForToken } from "./routes/authentication.ts";
import { deploymentRoutes } from "./routes/deployments.ts";
import { docsRoutes, openapi } from "./routes/docs.ts";
import { eventRoutes } from "./routes/events.ts";
import { healthRoutes } from "./routes/health.ts";
import { historyRoutes } from "./routes/history.ts";
import { stackRoutes } from "./routes/stacks.ts";

/** The service as a Fastify instance that does not listen yet. Tokens are SHA-256 hashes in hex. */
export async function buildApp(options: {
  readonly house: House;
  readonly tokens: readonly string[];
  readonly logger?: FastifyBaseLogger;
}): Promise<FastifyInstance> {
  const { house, tokens, logger } = options;
  const app = fastify({
    ...(logger ? { loggerInstance: logger } : {}),
    // A field that is not in the schema is a mistake of the caller's, and is said so; nothing is bent into shape.
    ajv: { customOptions: { removeAdditional: false, coerceTypes: false, allErrors: true } },
    forceCloseConnections: true,
  }).withTypeProvider<TypeBoxTypeProvider>();
  sendProblems(app);
  await app.register(swagger, { openapi });
  await app.register(docsRoutes);
  await app.register(healthRoutes, { house });
  await app.register(async (guarded) => {
    await askForToken(guarded, tokens);
    const once = createOnce(house.runs);
    await guarded.register(deploymentRoutes, { house, once });
    await guarded.register(historyRoutes, { house });
    await guarded.register(eventRoutes, { house });
    await guarded.register(stackRoutes, { house, once });
  });
  return app;
}
