import { randomBytes } from "node:crypto";
import type { IncomingMessage } from "node:http";

/** Headers that are of one connection, not of the message. */
const hopByHop = new Set([
  ...["connection", "keep-alive", "proxy-connection", "proxy-authenticate", "proxy-authorization"],
  ...["te", "trailer", "transfer-encoding", "upgrade"],
]);

export interface Front {
  readonly scheme: "http" | "https";
  readonly port: number;
}

/** The request's headers as the target gets them, flat: name, value, name, value. */
export function requestHeaders(request: IncomingMessage, { scheme, port }: Front): string[] {
  const raw = request.rawHeaders;
  const flat: string[] = [];
  let trace: string | undefined;
  let via = "";
  for (let at = 0; at < raw.length; at += 2) {
    const name = raw[at]!;
    const lower = name.toLowerCase();
    if (lower === "x-amzn-trace-id") trace = raw[at + 1];
    else if (lower === "x-forwarded-for") via = via === "" ? raw[at + 1]! : `${via}, ${raw[at + 1]!}`;
    else if (
      !hopByHop.has(lower) &&
      lower !== "x-forwarded-proto" &&
      lower !== "x-forwarded-port" &&
      lower !== "expect"
    )
      flat.push(name, raw[at + 1]!);
  }
  const client = request.socket.remoteAddress ?? "";
  flat.push("X-Forwarded-For", via === "" ? client : `${via}, ${client}`);
  flat.push("X-Forwarded-Proto", scheme, "X-Forwarded-Port", String(port));
  flat.push("X-Amzn-Trace-Id", trace ?? `Root=1-${seconds()}-${traceEnd()}`);
  return flat;
}

/** An answer's headers as the client gets them, flat. */
export function answerHeaders(raw: readonly (Buffer | string)[]): string[] {
  const flat: string[] = [];
  for (let at = 0; at < raw.length; at += 2) {
    const name = text(raw[at]!);
    if (!hopByHop.has(name.toLowerCase())) flat.push(name, text(raw[at + 1]!));
  }
  return flat;
}

function text(part: Buffer | string): string {
  return typeof part === "string" ? part : part.toString("latin1");
}

const ownTraces = randomBytes(8).toString("hex");
let traces = 0;

/** 24 hexadecimal digits that are nobody else's. Counted, since random bytes for each request cost 5 % of the balancer. */
function traceEnd(): string {
  traces = (traces + 1) >>> 0;
  return `${ownTraces}${traces.toString(16).padStart(8, "0")}`;
}

function seconds(): string {
  return Math.floor(Date.now() / 1000).toString(16);
}
