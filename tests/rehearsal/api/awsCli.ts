import { execFile } from "node:child_process";
import { promisify } from "node:util";
import { skip } from "../../skip.ts";

const run = promisify(execFile);

/** Runs `aws <words>` at an endpoint; the answer is its JSON. Throws with what the CLI said. */
export type AwsCli = (...words: string[]) => Promise<Record<string, unknown>>;

/** The aws CLI that AWS_CLI names or the path has; where there is none, the suite is skipped. */
export async function awsCli(context: Mocha.Context, url: string): Promise<AwsCli> {
  const command = process.env.AWS_CLI ?? "aws";
  const env = {
    ...{ PATH: process.env.PATH, AWS_ACCESS_KEY_ID: "test", AWS_SECRET_ACCESS_KEY: "test" },
    ...{ AWS_DEFAULT_REGION: "eu-central-1", AWS_PAGER: "", AWS_MAX_ATTEMPTS: "1" },
    // Nobody's settings, and no question to a machine's metadata.
    ...{ AWS_CONFIG_FILE: "/dev/null", AWS_SHARED_CREDENTIALS_FILE: "/dev/null" },
    AWS_EC2_METADATA_DISABLED: "true",
  };
  try {
    await run(command, ["--version"], { env });
  } catch {
    skip(context, "no aws CLI: `pip install awscli`, or name one in AWS_CLI");
  }
  return async (...words) => {
    const { stdout } = await run(command, ["--endpoint-url", url, "--output", "json", ...words], { env });
    return stdout.trim() === "" ? {} : (JSON.parse(stdout) as Record<string, unknown>);
  };
}
