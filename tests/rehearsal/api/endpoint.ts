import { once } from "node:events";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { claimNetwork } from "../../../rehearsal/api/claimNetwork.ts";
import { answerFor, awsServer } from "../../../rehearsal/api/server.ts";
import { type Cloud, createCloud } from "../../../rehearsal/cloud/everything.ts";

export interface Endpoint {
  readonly url: string;
  readonly cloud: Cloud;
  /** For the SDK's clients. A refusal is no reason to ask again. */
  readonly client: {
    readonly endpoint: string;
    readonly region: string;
    readonly maxAttempts: 1;
    readonly credentials: { readonly accessKeyId: string; readonly secretAccessKey: string };
  };
  close(): Promise<void>;
}

/** A whole cloud behind the wire, in this process; AWS's own delays are a thousandth as long unless `speed` says otherwise. */
export async function startEndpoint(speed = 1000): Promise<Endpoint> {
  const server = awsServer();
  const network = await claimNetwork(server);
  const folder = await mkdtemp(join(tmpdir(), "rehearsal-"));
  const cloud = createCloud({ folder, network, speed });
  answerFor(server, cloud);
  const url = `http://${network}.1:4566`;
  return {
    ...{ url, cloud },
    client: {
      ...{ endpoint: url, region: cloud.ground.identity.region, maxAttempts: 1 },
      credentials: { accessKeyId: "test", secretAccessKey: "test" },
    },
    async close() {
      await cloud.close();
      const closed = once(server, "close");
      server.close();
      server.closeAllConnections();
      await closed;
      await rm(folder, { recursive: true, force: true });
    },
  };
}
