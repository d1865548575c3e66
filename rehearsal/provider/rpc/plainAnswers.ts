import providers from "@pulumi/pulumi/proto/provider_pb.js";
import plugins from "@pulumi/pulumi/proto/plugin_pb.js";
import empties from "google-protobuf/google/protobuf/empty_pb.js";
import type { Answer } from "./serve.ts";

/** What all providers answer alike. */
export function plainAnswers(version: string): Readonly<Record<string, Answer>> {
  return {
    handshake() {
      const response = new providers.ProviderHandshakeResponse();
      // Secrets come as plain values; the engine knows which they are and encrypts them in the state.
      response.setAcceptSecrets(false);
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
      response.setAcceptsecrets(false);
      response.setSupportspreview(true);
      response.setSupportsAutonamingConfiguration(true);
      return response;
    },
    getMapping: () => new providers.GetMappingResponse(),
    getMappings: () => new providers.GetMappingsResponse(),
  };
}
