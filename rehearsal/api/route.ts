import type { IncomingHttpHeaders } from "node:http";
import { AwsError } from "../cloud/awsError.ts";
import { cbor } from "./protocols/cbor.ts";
import { ec2Query } from "./protocols/ec2Query.ts";
import { json } from "./protocols/json.ts";
import type { Call, Protocol } from "./protocols/protocol.ts";
import { query } from "./protocols/query.ts";
import { type Service, services } from "./services.ts";

export interface Request {
  readonly method: string;
  /** With its query string. */
  readonly url: string;
  readonly headers: IncomingHttpHeaders;
  readonly body: Buffer;
}

/** Whose operation a request is, and in which protocol it speaks. `service` is undefined where there is none. */
export interface Routed {
  readonly protocol: Protocol;
  readonly service: Service | undefined;
  readonly call: Call;
}

/** Finds out what a request is. */
export function route({ method, url, headers, body }: Request): Routed {
  const contentType = headers["content-type"] ?? "";
  const { pathname, searchParams } = new URL(url, "http://endpoint");
  const [, cborTarget, cborOperation] = /^\/service\/([^/]+)\/operation\/([^/]+)$/.exec(pathname) ?? [];
  if (cborTarget !== undefined && headers["smithy-protocol"] === "rpc-v2-cbor")
    return {
      ...{ protocol: cbor, service: services.find(({ target }) => target === cborTarget) },
      call: { operation: cborOperation ?? "", contentType, body, form: new URLSearchParams() },
    };
  const target = headers["x-amz-target"];
  if (typeof target === "string") {
    const [prefix = "", operation = ""] = target.split(".");
    return {
      ...{ protocol: json, service: services.find((service) => service.target === prefix) },
      call: { operation, contentType, body, form: new URLSearchParams() },
    };
  }
  const form =
    method === "POST" && contentType.startsWith("application/x-www-form-urlencoded")
      ? new URLSearchParams(body.toString())
      : searchParams;
  const service = byVersion(form.get("Version"), scopeOf(headers.authorization));
  return {
    ...{ protocol: service?.query === "ec2Query" ? ec2Query : query, service },
    call: { operation: form.get("Action") ?? "", contentType, body, form },
  };
}

/** AWS's answer to an operation that is not there: nothing unknown succeeds. */
export function unknownOperation({ protocol, service, call: { operation } }: Routed): AwsError {
  const of = service
    ? `the rehearsal's ${service.signedAs}`
    : "the rehearsal, which does not know the service";
  if (protocol === json || protocol === cbor)
    return new AwsError(
      "UnknownOperationException",
      `The operation ${operation} is not valid for this web service (${of}).`,
    );
  if (operation === "")
    return new AwsError("MissingAction", `The request is missing an action or a required parameter (${of}).`);
  return new AwsError("InvalidAction", `The action ${operation} is not valid for this web service (${of}).`);
}

function byVersion(version: string | null, scope: string | undefined): Service | undefined {
  const speaking = services.filter(({ query: speaks }) => speaks !== undefined);
  return (
    speaking.find((service) => service.version === version) ??
    (version === null ? speaking.find(({ signedAs }) => signedAs === scope) : undefined)
  );
}

/** The service of a signature: `Credential=<key>/<date>/<region>/<service>/aws4_request`. */
function scopeOf(authorization: string | undefined): string | undefined {
  return /Credential=[^/]+\/\d{8}\/[^/]+\/([^/]+)\/aws4_request/.exec(authorization ?? "")?.[1];
}
