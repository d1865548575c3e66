import { cbor as codec, dateToTag } from "@smithy/core/cbor";
import { AwsError } from "../../cloud/awsError.ts";
import { fromDocument, type Leaves, toDocument } from "./documents.ts";
import type { Protocol } from "./protocol.ts";
import { parsedDate } from "./timestamps.ts";

const leaves: Leaves = {
  blob: (bytes) => bytes,
  readBlob: (value) => (value instanceof Uint8Array ? value : undefined),
  // CBOR's tag 1: seconds since 1970.
  date: (date) => dateToTag(date),
  readDate: (value) =>
    value instanceof Date
      ? value
      : parsedDate(typeof value === "object" && value !== null && "value" in value ? value.value : value),
};

const headers = { "content-type": "application/cbor", "smithy-protocol": "rpc-v2-cbor" };

/** Smithy RPC v2 CBOR: the operation in the path, CBOR in the body. */
export const cbor: Protocol = {
  read({ body }, input) {
    const document = body.length === 0 ? {} : parsed(body);
    return (input ? fromDocument(document, input, leaves) : {}) as Record<string, unknown>;
  },

  write({ requestId }, output, value) {
    return {
      ...{ status: 200, headers: { ...headers, "x-amzn-requestid": requestId } },
      // The codec answers from a buffer that it uses again.
      body: Buffer.from(codec.serialize(output ? toDocument(value, output, leaves) : {})),
    };
  },

  fail({ requestId, error, queryError }) {
    return {
      status: error.status,
      headers: {
        ...{ ...headers, "x-amzn-requestid": requestId },
        "x-amzn-query-error": `${queryError.code};${error.status < 500 ? "Sender" : "Receiver"}`,
      },
      body: Buffer.from(codec.serialize({ __type: error.code, message: error.message })),
    };
  },
};

function parsed(body: Buffer): unknown {
  try {
    return codec.deserialize(body) as unknown;
  } catch (error) {
    throw new AwsError("SerializationException", error instanceof Error ? error.message : String(error));
  }
}
