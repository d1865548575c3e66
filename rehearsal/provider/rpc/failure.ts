import * as grpc from "@grpc/grpc-js";
import providers from "@pulumi/pulumi/proto/provider_pb.js";
import statuses from "@pulumi/pulumi/proto/status_pb.js";
import anys from "google-protobuf/google/protobuf/any_pb.js";
import { AwsError } from "../../cloud/awsError.ts";
import type { Bag } from "../resourceType.ts";
import { toStruct } from "./bag.ts";

/** The engine asked for something that is not simulated. */
export class NotSimulated extends Error {}

/** A resource was made or changed, and what comes after failed: the engine keeps it, and the next run updates it. */
export class Unfinished extends Error {
  readonly id: string;
  readonly inputs: Bag;
  readonly outputs: Bag;

  constructor(cause: Error, made: { readonly id: string; readonly inputs: Bag; readonly outputs: Bag }) {
    super(cause.message, { cause });
    this.id = made.id;
    this.inputs = made.inputs;
    this.outputs = made.outputs;
  }
}

/** An error of AWS in the real provider's words: `creating ECS Service (shop): InvalidParameterException: …`. */
export function blamed(error: unknown, doing: string): Error {
  if (error instanceof AwsError)
    return new Error(`${doing}: ${error.code}: ${error.message}`, { cause: error });
  return error instanceof Error
    ? new Error(`${doing}: ${error.message}`, { cause: error })
    : new Error(`${doing}: ${String(error)}`);
}

/** An error as gRPC sends it to the engine. */
export function toStatus(error: unknown): Partial<grpc.ServiceError> {
  const message = error instanceof Error ? error.message : String(error);
  const code = error instanceof NotSimulated ? grpc.status.UNIMPLEMENTED : grpc.status.UNKNOWN;
  return { code, details: message, ...(error instanceof Unfinished && { metadata: partial(error) }) };
}

/** The engine reads what was made from the error's details, as google.rpc.Status has them. */
function partial({ id, inputs, outputs, message }: Unfinished): grpc.Metadata {
  const made = new providers.ErrorResourceInitFailed();
  made.setId(id);
  made.setProperties(toStruct(outputs));
  made.setInputs(toStruct(inputs));
  made.setReasonsList([message]);
  const detail = new anys.Any();
  detail.pack(made.serializeBinary(), "pulumirpc.ErrorResourceInitFailed");
  const status = new statuses.Status();
  status.setCode(grpc.status.UNKNOWN);
  status.setMessage(message);
  status.addDetails(detail);
  const metadata = new grpc.Metadata();
  metadata.add("grpc-status-details-bin", Buffer.from(status.serializeBinary()));
  return metadata;
}
