import { execFile } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import { callApi, follow } from "../../scripts/api.ts";
import { type House, type HouseOptions, openHouse } from "../../scripts/house.ts";
import { pulumiCli } from "../../scripts/pulumiCli.ts";
import { stack } from "../../scripts/pulumiEnvironment.ts";
import type { DeploymentRequest } from "../../service/deployments/deploy.ts";
import type { Deployment } from "../../service/deployments/deployment.ts";
import type { StackView } from "../../service/deployments/stackView.ts";

/** A house with a folder of its own, and what a person does with it. */
export interface TestHouse extends House {
  /** Asks for a deployment; the answer is how it looks before its first step. */
  deploy(request: Omit<DeploymentRequest, "stack">): Promise<Deployment>;
  undo(request?: object): Promise<Deployment>;
  /** The run as it ended. */
  ended(run: Deployment): Promise<Deployment>;
  /** The run as soon as it looks so, or as it ended. */
  until(run: Deployment, looks: (run: Deployment) => boolean): Promise<Deployment>;
  view(): Promise<StackView>;
  /** `pulumi preview --refresh --expect-no-changes`. Throws CliFailed where there are changes. */
  preview(): Promise<string>;
  /** A person's `pulumi up` with these keys over the committed ones, which stay for the next previews. */
  up(changes: Readonly<Record<string, unknown>>): Promise<string>;
  /** The aws CLI; standard output. */
  aws(...words: readonly string[]): Promise<string>;
}

/** As openHouse, at real intervals by default. */
export async function openTestHouse(
  options: Pick<HouseOptions, "speed" | "configuration" | "awsFor"> = {},
): Promise<TestHouse> {
  const folder = mkdtempSync(join(tmpdir(), "turnout-house-"));
  const house = await openHouse({ folder, cli: await pulumiCli(console.log), ...options });
  const { connection, environment } = house;
  const until: TestHouse["until"] = async (started, looks) => {
    let seen = started;
    for await (const run of follow(connection, started.id)) {
      seen = run;
      if (looks(seen)) break;
    }
    return seen;
  };
  return {
    ...house,
    deploy: (request) => callApi(connection, "POST", "/deployments", { stack, ...request }),
    undo: (request) => callApi(connection, "POST", `/stacks/${stack}/undo`, request),
    until,
    ended: (started) => until(started, ({ finishedAt }) => finishedAt !== undefined),
    view: () => callApi(connection, "GET", `/stacks/${stack}`),
    preview: () => house.pulumi("preview", "--refresh", "--expect-no-changes"),
    up: (changes) => {
      house.configure(changes);
      return house.pulumi("up", "--yes", "--skip-preview");
    },
    aws: async (...words) => {
      const env = { ...environment, AWS_DEFAULT_REGION: connection.region, AWS_PAGER: "" };
      return (await promisify(execFile)("aws", words, { env })).stdout;
    },
    close: async () => {
      await house.close();
      rmSync(folder, { recursive: true, force: true });
    },
  };
}
