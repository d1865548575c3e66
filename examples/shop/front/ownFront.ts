import { readFile } from "node:fs/promises";
import { createServer, STATUS_CODES, type IncomingMessage, type ServerResponse } from "node:http";
import {
  parseConfiguration,
  type AddedHeader,
  type FrontConfiguration,
  type Location,
} from "./configuration.ts";
import { fillIn, type Front, type FrontOptions } from "./front.ts";

/**
 * The web server for machines without nginx: reads the same kind of file, refuses it in the same words, serves by it.
 * `proxy_pass` to the shop is a function call in this process, so streams and WebSockets pass as they are.
 * Throws ConfigurationError, or the error of `listen`.
 */
export async function startOwnFront(options: FrontOptions): Promise<Front> {
  const text = fillIn(await readFile(options.file, "utf8"), options, ".");
  const configuration = parseConfiguration(text, options.file);
  const { listener } = options;

  const server = createServer((request, response) => {
    const location = locate(configuration, request);
    addHeaders(response, location?.headers ?? configuration.headers);
    if (location === undefined) answer(response, 404);
    else if (location.answer !== undefined) answer(response, location.answer.status, location.answer.body);
    else if (isTooLarge(location, request)) refuseBody(response);
    else listener.request(request, response);
  });
  server.on("upgrade", (request, socket, head) => {
    const location = locate(configuration, request);
    if (location === undefined || location.answer !== undefined)
      socket.end("HTTP/1.1 404 Not Found\r\nConnection: close\r\nContent-Length: 0\r\n\r\n");
    else listener.upgrade(request, socket, head);
  });
  // Longer than a load balancer keeps an idle connection (60 s): the side that sends must be the one that closes.
  server.keepAliveTimeout = 75_000;

  await new Promise<void>((resolve, reject) => {
    server.once("error", reject);
    server.listen(configuration.port, configuration.host, resolve);
  });
  return {
    name: "own",
    died: new Promise<string>((resolve) => server.on("error", (error) => resolve(error.message))),
    close: () => new Promise((resolve) => server.close(() => resolve())),
    kill: () => server.closeAllConnections(),
  };
}

/** As nginx: an exact location first, else the longest that the path begins with. */
function locate({ locations }: FrontConfiguration, request: IncomingMessage): Location | undefined {
  const path = (request.url ?? "/").split("?", 1)[0] ?? "/";
  let best: Location | undefined;
  for (const location of locations) {
    if (location.exact) {
      if (location.path === path) return location;
    } else if (path.startsWith(location.path) && location.path.length > (best?.path.length ?? -1))
      best = location;
  }
  return best;
}

/** nginx puts a header without `always` on these alone. */
const successes: ReadonlySet<number> = new Set([200, 201, 204, 206, 301, 302, 303, 304, 307, 308]);

function addHeaders(response: ServerResponse, headers: readonly AddedHeader[]): void {
  const onSuccess = headers.filter((header) => !header.always);
  for (const { name, value, always } of headers) if (always) response.setHeader(name, value);
  if (onSuccess.length === 0) return;
  const writeHead = response.writeHead.bind(response) as (...all: unknown[]) => ServerResponse;
  response.writeHead = (status: number, ...rest: unknown[]) => {
    if (successes.has(status)) for (const { name, value } of onSuccess) response.setHeader(name, value);
    return writeHead(status, ...rest);
  };
}

function isTooLarge({ maxBody }: Location, request: IncomingMessage): boolean {
  return maxBody > 0 && Number(request.headers["content-length"] ?? 0) > maxBody;
}

/** The rest of the body is not read, so the connection can't be used again. */
function refuseBody(response: ServerResponse): void {
  response.setHeader("connection", "close");
  answer(response, 413);
}

function answer(response: ServerResponse, status: number, body?: string): void {
  const text = body ?? `${status} ${STATUS_CODES[status] ?? ""}\n`;
  if (status === 204) response.writeHead(status).end();
  else
    response
      .writeHead(status, { "content-type": "text/plain", "content-length": Buffer.byteLength(text) })
      .end(text);
}
