import * as grpc from "@grpc/grpc-js";
import providers from "@pulumi/pulumi/proto/provider_grpc_pb.js";

/** A write that the engine asked the provider for. */
export interface Write {
  readonly op: "create" | "update" | "delete";
  readonly urn: string;
}

export interface WatchedProvider {
  readonly port: number;
  /** Everything that was written since the last `forget`. Previews are not among it. */
  readonly writes: readonly Write[];
  forget(): void;
  /** From now on, writes to a URN that ends so fail as AWS would fail; undefined lets all pass. */
  refuse(ending: string | undefined): void;
  close(): void;
}

interface Request {
  getUrn?(): string;
  getPreview?(): boolean;
}

type Call = grpc.ServerUnaryCall<Request, unknown>;

/** Stands between the engine and a provider: passes every call on, remembers writes, and refuses some. */
export async function watchProvider(behind: number): Promise<WatchedProvider> {
  const writes: Write[] = [];
  let refused: string | undefined;
  const unlimited = { "grpc.max_receive_message_length": -1, "grpc.max_send_message_length": -1 };
  const client = new grpc.Client(`127.0.0.1:${behind}`, grpc.credentials.createInsecure(), unlimited);
  const service = providers.ResourceProviderService as unknown as grpc.ServiceDefinition;

  const handlers = Object.entries(service).map(([name, method]) => {
    const pass = (call: Call, done: grpc.sendUnaryData<unknown>) => {
      const urn = call.request.getUrn?.() ?? "";
      const isWrite = name === "create" || name === "update" || name === "delete";
      if (isWrite && !call.request.getPreview?.()) {
        if (refused !== undefined && urn.endsWith(refused))
          return done({ code: grpc.status.UNKNOWN, details: `InvalidParameterException: refused ${urn}` });
        writes.push({ op: name, urn });
      }
      client.makeUnaryRequest(
        method.path,
        method.requestSerialize,
        method.responseDeserialize,
        call.request,
        call.metadata,
        (error, answer) => done(error, answer as unknown),
      );
    };
    return [name, pass] as const;
  });

  const server = new grpc.Server(unlimited);
  server.addService(service, Object.fromEntries(handlers));
  const port = await new Promise<number>((resolve, reject) =>
    server.bindAsync("127.0.0.1:0", grpc.ServerCredentials.createInsecure(), (error, bound) =>
      error ? reject(error) : resolve(bound),
    ),
  );
  return {
    port,
    writes,
    forget: () => void writes.splice(0),
    refuse: (ending) => void (refused = ending),
    close() {
      server.forceShutdown();
      client.close();
    },
  };
}
