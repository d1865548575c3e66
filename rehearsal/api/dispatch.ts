import { randomUUID } from "node:crypto";
import { AwsError } from "../cloud/awsError.ts";
import type { Reply } from "./protocols/protocol.ts";
import { type Request, route, unknownOperation } from "./route.ts";
import { type Operated, type Service, services } from "./services.ts";
import type { ErrorShape, ServiceShapes } from "./shapes/shape.ts";
import { shapesOf } from "./shapes/shapesOf.ts";

type Operation = (input: Record<string, unknown>) => Promise<unknown>;

/** Answers requests in AWS's wire protocols from the cloud's own operations. */
export function dispatcher(cloud: Operated): (request: Request) => Promise<Reply> {
  return async (request) => {
    const routed = route(request);
    const { protocol, service, call } = routed;
    const answer = {
      ...{ operation: call.operation, requestId: randomUUID() },
      contentType: call.contentType === "" ? "application/x-amz-json-1.1" : call.contentType,
      xmlNamespace: service?.xmlNamespace ?? "",
    };
    let shapes: ServiceShapes | undefined;
    try {
      if (!service) throw unknownOperation(routed);
      shapes = await serviceShapes(service, cloud);
      const operation = operationOf(service, cloud, call.operation);
      const shape = shapes.operations[call.operation];
      if (!operation || !shape) throw unknownOperation(routed);
      return protocol.write(answer, shape.output, await operation(protocol.read(call, shape.input)));
    } catch (cause) {
      const error = cause instanceof AwsError ? cause : internalFailure(call.operation, cause);
      return protocol.fail({ ...answer, error, queryError: queryError(error, shapes) });
    }
  };
}

/** Reads all services' shapes ahead of the first request. Each is read in a worker, one after the other. */
export async function readAllShapes(cloud: Operated): Promise<void> {
  for (const service of services) await serviceShapes(service, cloud);
}

function serviceShapes(service: Service, cloud: Operated): Promise<ServiceShapes> {
  return shapesOf({ client: service.client, operations: Object.keys(service.operations(cloud)) });
}

function operationOf(service: Service, cloud: Operated, name: string): Operation | undefined {
  const operations = service.operations(cloud) as Readonly<Record<string, Operation | undefined>>;
  if (!Object.hasOwn(operations, name)) return undefined;
  return (input) => operations[name]?.(input) ?? Promise.reject(new Error(`${name} is no operation`));
}

/** The cloud names an error as the SDK does; some services have another code for it on the wire. */
function queryError({ code, status }: AwsError, shapes: ServiceShapes | undefined): ErrorShape {
  return shapes?.errors[code] ?? { code, status };
}

function internalFailure(operation: string, cause: unknown): AwsError {
  console.error(`${operation} failed in the rehearsal itself:`, cause);
  return new AwsError("InternalFailure", cause instanceof Error ? cause.message : String(cause), 500);
}
