import { randomUUID } from "node:crypto";

/** An answer that AWS gives instead of carrying a request out. */
export interface Refusal {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
}

/** Throttled, in the words of the protocol that the request came in: query (ELBv2) or JSON (all the others here). */
export function throttled(contentType: string): Refusal {
  return isQuery(contentType)
    ? queryError({ status: 400, type: "Sender", code: "Throttling", message: "Rate exceeded" })
    : jsonError({ status: 400, code: "ThrottlingException", message: "Rate exceeded" });
}

/** Something broke at AWS: by the service itself, or (503) by what stands before it, which knows no protocol. */
export function broken(contentType: string, status: 500 | 503): Refusal {
  if (status === 503)
    return {
      status,
      headers: { "content-type": "text/html" },
      body: "<html><body><b>Http/1.1 Service Unavailable</b></body></html>",
    };
  const message = "The request processing has failed because of an unknown error, exception or failure.";
  return isQuery(contentType)
    ? queryError({ status, type: "Receiver", code: "InternalFailure", message })
    : jsonError({ status, code: "InternalFailure", message });
}

function isQuery(contentType: string): boolean {
  return contentType.startsWith("application/x-www-form-urlencoded");
}

function jsonError(error: { status: number; code: string; message: string }): Refusal {
  return {
    status: error.status,
    headers: { "content-type": "application/x-amz-json-1.1", "x-amzn-requestid": randomUUID() },
    body: JSON.stringify({ __type: error.code, message: error.message }),
  };
}

function queryError(error: { status: number; type: string; code: string; message: string }): Refusal {
  const requestId = randomUUID();
  return {
    status: error.status,
    headers: { "content-type": "text/xml", "x-amzn-requestid": requestId },
    body:
      `<ErrorResponse xmlns="http://elasticloadbalancing.amazonaws.com/doc/2015-12-01/"><Error><Type>${error.type}</Type>` +
      `<Code>${error.code}</Code><Message>${error.message}</Message></Error><RequestId>${requestId}</RequestId></ErrorResponse>`,
  };
}
