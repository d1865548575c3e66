import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import { dispatcher } from "./dispatch.ts";
import type { Reply } from "./protocols/protocol.ts";
import type { Operated } from "./services.ts";

/** A layer's part of 5 MiB is 7 MB of JSON; nothing else comes near. */
const largestBody = 64 * 1024 ** 2;

/** A server that does not listen yet. Clients keep connections for a minute: it must not be the first to hang up. */
export function awsServer(): Server {
  return createServer({ keepAliveTimeout: 75_000 });
}

/** Lets a server answer for the cloud: AWS's endpoint, all services on one port, whatever the credentials. */
export function answerFor(server: Server, cloud: Operated): void {
  const dispatch = dispatcher(cloud);
  server.on("request", (request, response) => {
    respond(request, response).catch((error: unknown) => {
      // The client has gone, or what it sent cannot be read.
      console.error(
        `${request.method} ${request.url}: ${error instanceof Error ? error.message : String(error)}`,
      );
      response.destroy();
    });
  });

  async function respond(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const body = await readBody(request);
    const {
      status,
      headers,
      body: answer,
    }: Reply = await dispatch({
      ...{ method: request.method ?? "", url: request.url ?? "/", headers: request.headers, body },
    });
    response.writeHead(status, { ...headers, "content-length": Buffer.byteLength(answer) });
    response.end(answer);
  }
}

async function readBody(request: IncomingMessage): Promise<Buffer> {
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of request as AsyncIterable<Buffer>) {
    size += chunk.length;
    if (size > largestBody) throw new Error(`the body is larger than ${largestBody} bytes`);
    chunks.push(chunk);
  }
  return Buffer.concat(chunks);
}
