import { join } from "node:path";
import type { ReleaseName } from "../../examples/shop/releases.ts";
import type { Outputs } from "../../infra/outputs.ts";
import { keepPostgres } from "../../postgres/keep.ts";
import { openTestHouse, type TestHouse } from "../e2e/testHouse.ts";
import { openTruth, type Truth } from "../faults/truth.ts";
import { keepInstance, type Instance } from "./instances.ts";
import { startRecordingAws, type Bystander, type RecordingAws } from "./recordingAws.ts";

/** A house whose service is several instances on one database, with a list of what they changed at AWS. */
export interface Fleet {
  readonly house: TestHouse;
  readonly instances: readonly Instance[];
  readonly aws: RecordingAws;
  /** What AWS itself says, asked past the service. */
  readonly truth: Truth;
  /** Address of the instances' Postgres. */
  readonly database: string;
  /** Addresses of the instances that run now. */
  readonly services: () => readonly string[];
  readonly outputs: () => Promise<Outputs>;
  /** SIGKILL, remembered: an instance that ends otherwise counts as lost. */
  readonly kill: (pid: number) => void;
  close(): Promise<void>;
}

/** @param given.bystander told of each request to AWS on its way */
export async function openFleet(given: {
  readonly services: number;
  /** Pushed besides 1.0. */
  readonly releases: readonly ReleaseName[];
  readonly bystander?: Bystander;
}): Promise<Fleet> {
  const closers: (() => Promise<void> | void)[] = [];
  const close = async () => {
    for (const end of closers.splice(0).reverse()) await end();
  };
  try {
    return { ...(await open(given, (end) => closers.push(end))), close };
  } catch (error) {
    await close();
    throw error;
  }
}

async function open(
  { services, releases, bystander = {} }: Parameters<typeof openFleet>[0],
  onClose: (close: () => Promise<void> | void) => void,
): Promise<Omit<Fleet, "close">> {
  const house = await openTestHouse({
    speed: 10,
    // Longer than the shop's slowest answer, as short as that allows.
    configuration: { "turnout:deregistrationDelay": "4" },
  });
  onClose(() => house.close());
  for (const release of releases) await house.push(release);
  const { folder, token, awsEndpoint } = house.connection;
  // Its place is taken by several that share a database.
  await house.service.stop();
  const postgres = await keepPostgres({ folder: join(folder, "fleet-postgres"), warn: () => {} });
  onClose(() => postgres.stop());
  const aws = await startRecordingAws(awsEndpoint, bystander);
  onClose(() => aws.close());
  const killed = new Set<number>();
  const instances: Instance[] = [];
  const environment = { ...house.environment, AWS_ENDPOINT_URL: aws.url, DATABASE_URL: postgres.url };
  for (let number = 1; number <= services; number += 1) {
    const instance = keepInstance({
      ...{ number, folder, environment, token },
      killed: (pid) => killed.has(pid),
    });
    instances.push(instance);
    onClose(() => instance.close());
  }
  const outputs = async () => JSON.parse(await house.pulumi("stack", "output", "--json")) as Outputs;
  const truth = openTruth(house.connection, await outputs());
  onClose(() => truth.close());
  return {
    ...{ house, instances, aws, truth, database: postgres.url, outputs },
    services: () => instances.flatMap((instance) => instance.now()?.service ?? []),
    kill: (pid) => {
      killed.add(pid);
      try {
        process.kill(pid, "SIGKILL");
      } catch (error) {
        // It ended by itself just before.
        if ((error as NodeJS.ErrnoException).code !== "ESRCH") throw error;
      }
    },
  };
}

/** Task definitions that ECS would still start and that the record does not name. */
export async function leftOver({ truth, outputs }: Fleet): Promise<readonly string[]> {
  const { record, colours } = await outputs();
  const { blue, green, recent } = record;
  const specs = [blue, green, blue?.replaced, green?.replaced, ...recent];
  // Pulumi holds what it registered last, and would make it anew.
  const held = [colours.blue.registered, colours.green.registered];
  const named = [...specs.map((spec) => spec?.taskDefinition), ...held];
  const active = await truth.activeRevisions();
  return active.filter((arn) => !named.includes(arn)).map((arn) => `${arn} is left over`);
}
