import { once } from "node:events";
import { claimNetwork } from "../../../rehearsal/api/claimNetwork.ts";
import { answerFor, awsServer } from "../../../rehearsal/api/server.ts";
import type { Operated } from "../../../rehearsal/api/services.ts";
import { type Autoscaling, createAutoscaling } from "../../../rehearsal/cloud/autoscaling/autoscaling.ts";
import { createPassive, type Passive } from "../../../rehearsal/cloud/passive.ts";
import { testGround } from "../testGround.ts";

export interface Endpoint {
  readonly url: string;
  readonly cloud: Passive & { readonly autoscaling: Autoscaling };
  /** For the SDK's clients. A refusal is no reason to ask again. */
  readonly client: {
    readonly endpoint: string;
    readonly region: string;
    readonly maxAttempts: 1;
    readonly credentials: { readonly accessKeyId: string; readonly secretAccessKey: string };
  };
  close(): Promise<void>;
}

/** The passive services behind the wire, in this process. */
export async function startEndpoint(): Promise<Endpoint> {
  const server = awsServer();
  const network = await claimNetwork(server);
  const { remove, ...rest } = await testGround();
  const ground = { ...rest, network };
  const ecs = {
    DescribeServices: () => Promise.resolve({ services: [] }),
    UpdateService: () => Promise.resolve({}),
  };
  const autoscaling = createAutoscaling(ground, { ecs });
  const cloud = { ...createPassive(ground), autoscaling };
  answerFor(server, { ...cloud, ecs: {}, elbv2: {} } satisfies Operated);
  const url = `http://${network}.1:4566`;
  return {
    ...{ url, cloud },
    client: {
      ...{ endpoint: url, region: ground.identity.region, maxAttempts: 1 },
      credentials: { accessKeyId: "test", secretAccessKey: "test" },
    },
    async close() {
      autoscaling.close();
      cloud.ec2.close();
      const closed = once(server, "close");
      server.close();
      server.closeAllConnections();
      await closed;
      await remove();
    },
  };
}
