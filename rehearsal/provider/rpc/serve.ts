import * as grpc from "@grpc/grpc-js";
import services from "@pulumi/pulumi/proto/provider_grpc_pb.js";
import { NotSimulated, toStatus } from "./failure.ts";

/** Answers one call of the engine; `peer` is its connection. */
export type Answer = (request: never, peer: string) => unknown;

/** No message of ours is near gRPC's limit of 4 MB until a stack is large. */
export const unlimited = {
  "grpc.max_receive_message_length": -1,
  "grpc.max_send_message_length": -1,
} as const;

export interface ServedProvider {
  readonly port: number;
  close(): Promise<void>;
}

/**
 * Serves a resource provider on an ephemeral port of 127.0.0.1. `answers` are by gRPC's names of the methods; what is
 * not among them answers that it is not simulated.
 */
export async function serveProvider(answers: Readonly<Record<string, Answer>>): Promise<ServedProvider> {
  const server = new grpc.Server(unlimited);
  const service = services.ResourceProviderService as unknown as grpc.ServiceDefinition;
  const handlers = Object.keys(service).map((name) => [name, handler(name, answers[name])] as const);
  server.addService(service, Object.fromEntries(handlers));
  const port = await new Promise<number>((resolve, reject) =>
    server.bindAsync("127.0.0.1:0", grpc.ServerCredentials.createInsecure(), (error, bound) =>
      error ? reject(error) : resolve(bound),
    ),
  );
  return {
    port,
    close() {
      server.forceShutdown();
      return Promise.resolve();
    },
  };
}

function handler(name: string, answer: Answer | undefined): grpc.UntypedHandleCall {
  const unary: grpc.handleUnaryCall<never, unknown> = (call, done) => {
    const run = async () => {
      if (!answer) throw new NotSimulated(`The provider's method ${name} is not simulated here.`);
      return await answer(call.request, call.getPeer());
    };
    run().then(
      (response) => done(null, response),
      (error: unknown) => done(toStatus(error)),
    );
  };
  return unary as grpc.UntypedHandleCall;
}
