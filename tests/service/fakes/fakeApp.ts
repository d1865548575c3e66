import { createHash } from "node:crypto";
import type { FastifyInstance, LightMyRequestResponse } from "fastify";
import { buildApp } from "../../../service/app.ts";
import { fakeHouse, type FakeHouse } from "./fakeHouse.ts";

export const token = "let-me-in";

/** The whole HTTP side over a fake house; `ask` sends JSON with the right token. */
export async function fakeApp(): Promise<{
  readonly app: FastifyInstance;
  readonly house: FakeHouse;
  readonly ask: (
    method: "GET" | "POST",
    url: string,
    body?: object | string,
  ) => Promise<LightMyRequestResponse>;
}> {
  const house = fakeHouse();
  const app = await buildApp({ house, tokens: [createHash("sha256").update(token).digest("hex")] });
  return {
    app,
    house,
    ask: async (method, url, body) =>
      await app.inject({
        method,
        url,
        headers: {
          authorization: `Bearer ${token}`,
          ...(body === undefined ? {} : { "content-type": "application/json" }),
        },
        ...(body === undefined ? {} : { payload: body }),
      }),
  };
}
