import { AwsError } from "../../cloud/awsError.ts";
import { fromDocument, jsonLeaves, toDocument } from "./documents.ts";
import type { Protocol } from "./protocol.ts";

/** awsJson 1.0 and 1.1: the operation in X-Amz-Target, JSON in the body, times as seconds. */
export const json: Protocol = {
  read({ body }, input) {
    const document = parsed(body);
    return (input ? fromDocument(document, input, jsonLeaves) : {}) as Record<string, unknown>;
  },

  write({ contentType, requestId }, output, value) {
    return {
      status: 200,
      headers: { "content-type": contentType, "x-amzn-requestid": requestId },
      body: output ? JSON.stringify(toDocument(value, output, jsonLeaves)) : "{}",
    };
  },

  fail({ contentType, requestId, error, queryError }) {
    return {
      status: error.status,
      headers: {
        ...{ "content-type": contentType, "x-amzn-requestid": requestId, "x-amzn-errortype": error.code },
        // Services that once spoke query say their old code too.
        "x-amzn-query-error": `${queryError.code};${error.status < 500 ? "Sender" : "Receiver"}`,
      },
      body: JSON.stringify({ __type: error.code, message: error.message }),
    };
  },
};

function parsed(body: Buffer): unknown {
  if (body.length === 0) return {};
  try {
    return JSON.parse(body.toString()) as unknown;
  } catch (error) {
    throw new AwsError("SerializationException", error instanceof Error ? error.message : String(error));
  }
}
