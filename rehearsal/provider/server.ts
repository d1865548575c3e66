import { awsAnswers } from "./awsProvider.ts";
import { awsxAnswers } from "./awsx/awsxProvider.ts";
import { invokes } from "./invokes/all.ts";
import type { ProviderCloud } from "./providerCloud.ts";
import { serveProvider } from "./rpc/serve.ts";
import { types } from "./types/all.ts";

export interface Providers {
  /** Ports on 127.0.0.1, for `PULUMI_DEBUG_PROVIDERS=aws:<port>,awsx:<port>`. */
  readonly aws: number;
  readonly awsx: number;
  close(): Promise<void>;
}

/**
 * Serves the Pulumi providers `aws` and `awsx` to any number of engines. They keep nothing: what they create, read, update
 * and delete is in the cloud, so that the aws CLI sees it and Pulumi sees what the aws CLI made.
 */
export async function serveProviders(cloud: ProviderCloud): Promise<Providers> {
  const aws = await serveProvider(awsAnswers(cloud, { types, invokes }));
  const awsx = await serveProvider(awsxAnswers());
  return {
    aws: aws.port,
    awsx: awsx.port,
    async close() {
      await Promise.all([aws.close(), awsx.close()]);
    },
  };
}
