import swaggerUi from "@fastify/swagger-ui";
import type { FastifyDynamicSwaggerOptions } from "@fastify/swagger";
import type { FastifyInstance } from "fastify";
import { problems } from "../errors/problem.ts";

export const openapi: NonNullable<FastifyDynamicSwaggerOptions["openapi"]> = {
  openapi: "3.1.0",
  info: {
    title: "Turnout",
    description: "Swaps releases of a service on Amazon ECS behind an Application Load Balancer.",
    version: "0.1.0",
  },
  components: { securitySchemes: { token: { type: "http", scheme: "bearer" } } },
  security: [{ token: [] }],
};

/** The API's own document, for people at /docs and for programs at /docs/json; open, since a browser sends no token. */
export async function docsRoutes(app: FastifyInstance): Promise<void> {
  app.get("/docs/problems", { schema: { hide: true } }, () => problems);
  await app.register(swaggerUi, { routePrefix: "/docs" });
}
