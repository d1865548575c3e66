import providers from "@pulumi/pulumi/proto/provider_pb.js";
import plugins from "@pulumi/pulumi/proto/plugin_pb.js";
import empties from "google-protobuf/google/protobuf/empty_pb.js";
import type { Answer } from "./serve.ts";

/** What a provider says of itself. */
export interface Self {
  /** Of its package. */
  readonly version: string;
  /**
   * With `marked` secrets come in an envelope. `plain` is simpler: the engine still knows which inputs are secret and
   * encrypts them in the state. What makes components has to take them marked.
   */
  readonly secrets: "marked" | "plain";
}

/** What all providers answer alike. */
export function plainAnswers({ version, secrets }: Self): Readonly<Record<string, Answer>> {
  const acceptSecrets = secrets === "marked";
  return {
    handshake() {
      const response = new providers.ProviderHandshakeResponse();
      response.setAcceptSecrets(acceptSecrets);
      response.setAcceptResources(false);
      response.setAcceptOutputs(false);
      response.setSupportsAutonamingConfiguration(true);
      return response;
    },
    attach: () => new empties.Empty(),
    // The engine cancels at the end of each run; this provider lives as long as its rehearsal.
    cancel: () => new empties.Empty(),
    getPluginInfo() {
      const response = new plugins.PluginInfo();
      response.setVersion(version);
      return response;
    },
    getSchema() {
      const response = new providers.GetSchemaResponse();
      response.setSchema("{}");
      return response;
    },
    checkConfig(request: providers.CheckRequest) {
      const response = new providers.CheckResponse();
      response.setInputs(request.getNews());
      return response;
    },
    diffConfig() {
      const response = new providers.DiffResponse();
      response.setChanges(providers.DiffResponse.DiffChanges.DIFF_NONE);
      return response;
    },
    configure() {
      const response = new providers.ConfigureResponse();
      response.setAcceptsecrets(acceptSecrets);
      response.setSupportspreview(true);
      response.setSupportsAutonamingConfiguration(true);
      return response;
    },
    getMapping: () => new providers.GetMappingResponse(),
    getMappings: () => new providers.GetMappingsResponse(),
  };
}
