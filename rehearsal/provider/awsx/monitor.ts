import * as grpc from "@grpc/grpc-js";
import services from "@pulumi/pulumi/proto/resource_grpc_pb.js";
import messages from "@pulumi/pulumi/proto/resource_pb.js";
import aliases from "@pulumi/pulumi/proto/alias_pb.js";
import type { Bag } from "../resourceType.ts";
import { fromStruct, toStruct } from "../rpc/bag.ts";
import { unlimited } from "../rpc/serve.ts";
import { unknown } from "../schema/unknown.ts";

/** A resource to register. `dependencies` are URNs. */
export interface Registration {
  readonly type: string;
  readonly name: string;
  readonly parent: string;
  readonly inputs: Bag;
  /** URNs that each input comes from. */
  readonly from?: Readonly<Record<string, readonly string[]>>;
  readonly dependencies?: readonly string[];
}

/** A registered resource. In a preview its id and its outputs may be unknown. */
export interface Registered {
  readonly urn: string;
  readonly id: string;
  readonly outputs: Bag;
}

/** Options that a component got from the program, and that it passes to itself or its children. */
export interface ComponentOptions {
  readonly protect: boolean | undefined;
  readonly aliases: readonly aliases.Alias[];
  readonly ignoreChanges: readonly string[];
  readonly replaceOnChanges: readonly string[];
  readonly retainOnDelete: boolean | undefined;
  readonly deletedWith: string;
  /** Explicit providers by package. */
  readonly providers: ReadonlyMap<string, string>;
}

/**
 * The engine's resource monitor, called directly: @pulumi/pulumi keeps one engine for the whole process, and this process
 * answers several at a time.
 */
export class Monitor {
  readonly #client: services.ResourceMonitorClient;
  readonly #options: ComponentOptions;
  readonly #version: string;

  /** @param version of the package `aws`, so that children get the same default provider as the program's resources. */
  constructor(endpoint: string, options: ComponentOptions, version: string) {
    this.#client = new services.ResourceMonitorClient(endpoint, grpc.credentials.createInsecure(), unlimited);
    this.#options = options;
    this.#version = version;
  }

  close(): void {
    this.#client.close();
  }

  /** Registers the component itself; its outputs come later, by `outputs`. */
  async component({ type, name, parent, dependencies }: Omit<Registration, "inputs">): Promise<string> {
    const { protect, retainOnDelete, deletedWith, providers } = this.#options;
    const request = new messages.RegisterResourceRequest();
    request.setType(type);
    request.setName(name);
    request.setParent(parent);
    request.setCustom(false);
    request.setObject(toStruct({}));
    request.setDependenciesList([...(dependencies ?? [])]);
    request.setAliasesList([...this.#options.aliases]);
    request.setAliasspecs(true);
    request.setIgnorechangesList([...this.#options.ignoreChanges]);
    request.setReplaceonchangesList([...this.#options.replaceOnChanges]);
    request.setDeletedwith(deletedWith);
    if (protect !== undefined) request.setProtect(protect);
    if (retainOnDelete !== undefined) request.setRetainondelete(retainOnDelete);
    for (const [packageName, reference] of providers) request.getProvidersMap().set(packageName, reference);
    this.#common(request);
    return (await this.#register(request)).getUrn();
  }

  async resource({
    type,
    name,
    parent,
    inputs,
    from = {},
    dependencies = [],
  }: Registration): Promise<Registered> {
    const request = new messages.RegisterResourceRequest();
    request.setType(type);
    request.setName(name);
    request.setParent(parent);
    request.setCustom(true);
    request.setObject(toStruct(inputs));
    request.setVersion(this.#version);
    request.setProvider(this.#options.providers.get("aws") ?? "");
    const all = new Set([...dependencies, ...Object.values(from).flat()]);
    request.setDependenciesList([...all]);
    for (const [property, urns] of Object.entries(from)) {
      const own = new messages.RegisterResourceRequest.PropertyDependencies();
      own.setUrnsList([...urns]);
      request.getPropertydependenciesMap().set(property, own);
    }
    this.#common(request);
    const response = await this.#register(request);
    const id = response.getId();
    return {
      urn: response.getUrn(),
      id: id === "" ? unknown : id,
      outputs: fromStruct(response.getObject()),
    };
  }

  async outputs(urn: string, outputs: Bag): Promise<void> {
    const request = new messages.RegisterResourceOutputsRequest();
    request.setUrn(urn);
    request.setOutputs(toStruct(outputs));
    await new Promise<void>((resolve, reject) => {
      this.#client.registerResourceOutputs(request, (error) => (error ? reject(error) : resolve()));
    });
  }

  async invoke(token: string, args: Bag): Promise<Bag> {
    const request = new messages.ResourceInvokeRequest();
    request.setTok(token);
    request.setArgs(toStruct(args));
    request.setVersion(this.#version);
    request.setProvider(this.#options.providers.get("aws") ?? "");
    const response = await new Promise<messages.ResourceInvokeResponse>((resolve, reject) => {
      this.#client.invoke(request, (error, answer) => (error ? reject(error) : resolve(answer)));
    });
    const [failure] = response.getFailuresList();
    if (failure) throw new Error(`${token}: ${failure.getReason()}`);
    return fromStruct(response.getReturn());
  }

  #common(request: messages.RegisterResourceRequest): void {
    // Secrets stay marked in what comes back, so that they stay secret in the component's own outputs.
    request.setAcceptsecrets(true);
    request.setSupportspartialvalues(true);
  }

  #register(request: messages.RegisterResourceRequest): Promise<messages.RegisterResourceResponse> {
    return new Promise((resolve, reject) => {
      this.#client.registerResource(request, (error, answer) => (error ? reject(error) : resolve(answer)));
    });
  }
}
