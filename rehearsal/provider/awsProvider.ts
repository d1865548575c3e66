import providers from "@pulumi/pulumi/proto/provider_pb.js";
import empties from "google-protobuf/google/protobuf/empty_pb.js";
import { type Configuration, Configurations, readConfiguration } from "./configuration.ts";
import { check } from "./engine/check.ts";
import type { Naming } from "./engine/autoname.ts";
import { differences } from "./engine/diff.ts";
import { lifecycle } from "./engine/lifecycle.ts";
import { previewOfCreation, previewOfUpdate } from "./engine/outputs.ts";
import { replacement } from "./engine/replacement.ts";
import { type Served, serve } from "./engine/served.ts";
import type { Invoke } from "./invoke.ts";
import type { ProviderCloud } from "./providerCloud.ts";
import type { ResourceType } from "./resourceType.ts";
import { fromStruct, toStruct } from "./rpc/bag.ts";
import { toDiffResponse } from "./rpc/diffResponse.ts";
import { blamed, NotSimulated } from "./rpc/failure.ts";
import { plainAnswers } from "./rpc/plainAnswers.ts";
import type { Answer } from "./rpc/serve.ts";
import { nameOf, typeOf } from "./rpc/urn.ts";
import { versionOf } from "./versionOf.ts";

/** What is served: resource types and functions. */
export interface Catalogue {
  readonly types: readonly ResourceType[];
  readonly invokes: readonly Invoke[];
}

/** The answers of the provider `aws`, by gRPC's names of the methods. */
export function awsAnswers(cloud: ProviderCloud, catalogue: Catalogue): Readonly<Record<string, Answer>> {
  const configurations = new Configurations();
  const types = new Map(catalogue.types.map((type) => [type.token, serve(type, cloud)]));
  const invokes = new Map(catalogue.invokes.map((invoke) => [invoke.token, invoke]));
  const servedOf = (request: { getUrn(): string }): Served => {
    const token = typeOf(request.getUrn());
    const served = types.get(token);
    if (!served) throw new NotSimulated(`The resource type ${token} is not simulated here.`);
    return served;
  };
  const tagsFor = (peer: string) => configurations.get(peer).defaultTags;

  const own = plainAnswers({ version: versionOf("@pulumi/aws"), secrets: "plain" });

  const answers = {
    configure(request: providers.ConfigureRequest, peer: string) {
      const configuration = readConfiguration(fromStruct(request.getArgs()));
      refuseOtherRegion(configuration, cloud);
      configurations.set(peer, configuration);
      return own["configure"]?.(request as never, peer);
    },

    check(request: providers.CheckRequest) {
      const served = servedOf(request);
      const olds = fromStruct(request.getOlds());
      const { inputs, wrong } = check(served, { olds, news: fromStruct(request.getNews()) }, naming(request));
      const response = new providers.CheckResponse();
      response.setInputs(toStruct(inputs));
      for (const { path, reason } of wrong) {
        const failure = new providers.CheckFailure();
        failure.setProperty(path);
        failure.setReason(reason);
        response.addFailures(failure);
      }
      return response;
    },

    diff(request: providers.DiffRequest, peer: string) {
      const served = servedOf(request);
      const inputs = fromStruct(request.getNews());
      const outputs = fromStruct(request.getOlds());
      const ignoreChanges = request.getIgnorechangesList();
      const found = differences(served, { inputs, outputs, ignoreChanges, defaultTags: tagsFor(peer) });
      return toDiffResponse(found, replacement(served, { found, inputs, name: nameOf(request.getUrn()) }));
    },

    async create(request: providers.CreateRequest, peer: string) {
      const served = servedOf(request);
      const compared = { inputs: fromStruct(request.getProperties()), defaultTags: tagsFor(peer) };
      const response = new providers.CreateResponse();
      if (request.getPreview()) {
        response.setProperties(toStruct(previewOfCreation(served, compared)));
        return response;
      }
      const made = await lifecycle(served).create(compared);
      response.setId(made.id);
      response.setProperties(toStruct(made.outputs));
      return response;
    },

    async read(request: providers.ReadRequest, peer: string) {
      const served = servedOf(request);
      const inputs = request.hasInputs() ? fromStruct(request.getInputs()) : undefined;
      const found = await lifecycle(served).read(request.getId(), {
        known: fromStruct(request.getProperties()),
        // An import brings no inputs, or empty ones.
        inputs: inputs && Object.keys(inputs).length > 0 ? inputs : undefined,
        defaultTags: tagsFor(peer),
      });
      const response = new providers.ReadResponse();
      // No id is the engine's word for a resource that is gone.
      response.setId(found?.id ?? "");
      if (found) {
        response.setProperties(toStruct(found.outputs));
        response.setInputs(toStruct(found.inputs));
      }
      return response;
    },

    async update(request: providers.UpdateRequest, peer: string) {
      const served = servedOf(request);
      const compared = {
        inputs: fromStruct(request.getNews()),
        outputs: fromStruct(request.getOlds()),
        ignoreChanges: request.getIgnorechangesList(),
        defaultTags: tagsFor(peer),
      };
      const outputs = request.getPreview()
        ? previewOfUpdate(served, compared)
        : await lifecycle(served).update(request.getId(), compared);
      const response = new providers.UpdateResponse();
      response.setProperties(toStruct(outputs));
      return response;
    },

    async delete(request: providers.DeleteRequest) {
      await lifecycle(servedOf(request)).delete(request.getId(), fromStruct(request.getProperties()));
      return new empties.Empty();
    },

    async invoke(request: providers.InvokeRequest) {
      const token = request.getTok();
      const invoke = invokes.get(token);
      if (!invoke) throw new NotSimulated(`The function ${token} is not simulated here.`);
      const response = new providers.InvokeResponse();
      const args = fromStruct(request.getArgs());
      const unknown = Object.keys(args).filter((name) => !invoke.arguments.includes(name));
      if (unknown.length > 0)
        throw new NotSimulated(`${token}: ${unknown.join(", ")} is not simulated here.`);
      try {
        response.setReturn(toStruct(await invoke.run(cloud, args)));
      } catch (error) {
        throw blamed(error, `reading ${invoke.title}`);
      }
      return response;
    },
  };
  return { ...own, ...(answers as Readonly<Record<string, Answer>>) };
}

function naming(request: providers.CheckRequest): Omit<Naming, "type"> {
  const options = request.getAutonaming();
  const modes = ["propose", "enforce", "disable"] as const;
  return {
    logicalName: nameOf(request.getUrn()),
    randomSeed: request.getRandomseed_asU8(),
    autonaming: options && {
      mode: modes[options.getMode()] ?? "propose",
      proposedName: options.getProposedName(),
    },
  };
}

function refuseOtherRegion({ region }: Configuration, { ground }: ProviderCloud): void {
  const here = ground.identity.region;
  if (region !== undefined && region !== here)
    throw new Error(
      `aws:region is ${region}, and the AWS on this machine is ${here}. Run \`pulumi config set aws:region ${here}\`.`,
    );
}
