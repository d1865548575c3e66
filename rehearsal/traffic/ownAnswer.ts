import { type ServerResponse, STATUS_CODES } from "node:http";

/** What the balancer says itself, as ALB says it. */
export function ownAnswer(response: ServerResponse, status: 502 | 503 | 504): void {
  const title = `${status} ${STATUS_CODES[status]}`;
  const body =
    `<html>\r\n<head><title>${title}</title></head>\r\n<body>\r\n` +
    `<center><h1>${title}</h1></center>\r\n</body>\r\n</html>\r\n`;
  answer(response, { status, contentType: "text/html", body });
}

export function answer(
  response: ServerResponse,
  { status, contentType, body, headers = {} }: OwnAnswer,
): void {
  response.writeHead(status, {
    ...{ Server: "awselb/2.0", "Content-Type": contentType, "Content-Length": Buffer.byteLength(body) },
    ...headers,
  });
  response.end(body);
}

interface OwnAnswer {
  readonly status: number;
  readonly contentType: string;
  readonly body: string;
  readonly headers?: Readonly<Record<string, string>>;
}
