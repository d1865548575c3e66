import * as pulumi from "@pulumi/pulumi";
import { program } from "../../infra/program.ts";
import type { Outputs } from "../../infra/outputs.ts";
import type { Placement } from "../../infra/release.ts";
import { asText } from "./asText.ts";

/** A resource as the program asked for it. */
export interface Asked {
  readonly type: string;
  readonly name: string;
  readonly inputs: Readonly<Record<string, unknown>>;
  readonly ignoreChanges: readonly string[];
  readonly dependencies: readonly string[];
}

export interface Run {
  readonly outputs: Outputs;
  readonly resources: readonly Asked[];
  /** The one resource of a type (`aws:lb/listener:Listener`) and name. */
  one(type: string, name: string): Asked;
  all(type: string): readonly Asked[];
}

export const digest = `sha256:${"a".repeat(64)}`;
const account = "123456789012";

/**
 * Runs the program against Pulumi's mocks: no engine, and an AWS that answers each resource with an id and an ARN.
 * `prior` is what the stack exported before; `pushed` says whether the registry has the configured image.
 */
export async function runProgram(given: {
  readonly configuration: Readonly<Record<string, unknown>>;
  readonly placement?: Placement;
  readonly prior?: Readonly<Record<string, unknown>>;
  readonly pushed?: boolean;
  /** What the registry answers, where it fails otherwise than by not having the image. */
  readonly registryFails?: string;
}): Promise<Run> {
  const resources: Asked[] = [];
  const options = (key: string) => asked.get(key) ?? { ignoreChanges: [], dependencies: [] };
  const asked = new Map<string, Pick<Asked, "ignoreChanges" | "dependencies">>();
  pulumi.runtime.setAllConfig({ "aws:region": "eu-central-1", ...asText(given.configuration) });
  await pulumi.runtime.setMocks(
    {
      newResource(args) {
        if (args.type === "pulumi:pulumi:StackReference")
          return { id: args.name, state: { ...(args.inputs as object), outputs: given.prior ?? {} } };
        const inputs = args.inputs as Record<string, unknown>;
        resources.push({ type: args.type, name: args.name, inputs, ...options(`${args.type} ${args.name}`) });
        return { id: `${args.name}-id`, state: answered(args.type, args.name, args.inputs as object) };
      },
      call(args) {
        if (args.token.includes("getImage") && given.registryFails) throw refused(given.registryFails);
        if (args.token.includes("getImage") && given.pushed) {
          const imageUri = `${account}.dkr.ecr.eu-central-1.amazonaws.com/shop:1.0`;
          return { imageDigest: digest, imageUri };
        }
        if (args.token.includes("getImage")) throw refused("reading ECR Images: couldn't find resource");
        return args.inputs as Record<string, unknown>;
      },
    },
    "turnout",
    "test",
    false,
    "organization",
  );
  spyOnOptions(asked);
  const exported = await program(given.placement);
  const outputs = await new Promise<Outputs>((resolve) =>
    pulumi.output(exported).apply((value) => resolve(value as Outputs)),
  );
  await pulumi.runtime.disconnect();
  const all = (type: string) => resources.filter((resource) => resource.type === type);
  return {
    outputs,
    resources,
    all,
    one(type, name) {
      const [found, ...more] = all(type).filter((resource) => resource.name === name);
      if (!found || more.length > 0) throw new Error(`Not one ${type} ${name}: ${names(resources)}`);
      return found;
    },
  };
}

/** Mocks are not told a resource's options, so they are read off the request. */
function spyOnOptions(asked: Map<string, Pick<Asked, "ignoreChanges" | "dependencies">>): void {
  const monitor = pulumi.runtime.getMonitor();
  if (!monitor) throw new Error("There is no mock monitor.");
  const register = monitor.registerResource.bind(monitor) as (...args: unknown[]) => unknown;
  const spied = (request: RegisterRequest, ...rest: unknown[]) => {
    asked.set(`${request.getType()} ${request.getName()}`, {
      ignoreChanges: request.getIgnorechangesList(),
      dependencies: request.getDependenciesList(),
    });
    return register(request, ...rest);
  };
  Object.assign(monitor, { registerResource: spied });
}

interface RegisterRequest {
  getType(): string;
  getName(): string;
  getIgnorechangesList(): string[];
  getDependenciesList(): string[];
}

/** The SDK reads a failed call's `details`, as gRPC gives them. */
function refused(details: string): Error {
  return Object.assign(new Error(details), { details });
}

function answered(type: string, name: string, inputs: object): object {
  const arn = `arn:aws:any:eu-central-1:${account}:${type.split(":").at(-1)}/${name}`;
  switch (type) {
    case "awsx:ec2:Vpc":
      return {
        vpcId: "vpc-1",
        publicSubnetIds: ["public-1", "public-2"],
        privateSubnetIds: ["private-1", "private-2"],
      };
    case "aws:ecs/taskDefinition:TaskDefinition":
      return { ...inputs, arn: `arn:aws:ecs:eu-central-1:${account}:task-definition/shop-test-${name}:7` };
    case "aws:ec2/eip:Eip":
      return { ...inputs, allocationId: `eipalloc-${name}`, publicIp: "198.51.100.7" };
    case "aws:lb/loadBalancer:LoadBalancer":
      return { ...inputs, arn, dnsName: "balancer.example.com", arnSuffix: `app/${name}` };
    case "aws:ecr/repository:Repository":
      return { ...inputs, arn, repositoryUrl: `${account}.dkr.ecr.eu-central-1.amazonaws.com/shop` };
    case "aws:lb/targetGroup:TargetGroup":
      return { ...inputs, arn, arnSuffix: `targetgroup/${name}` };
    default:
      return { ...inputs, arn };
  }
}

function names(resources: readonly Asked[]): string {
  return resources.map(({ type, name }) => `${type} ${name}`).join(", ");
}
