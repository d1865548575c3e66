import * as pulumi from "@pulumi/pulumi";
import { alarms } from "./alarms.ts";
import { cluster } from "./cluster.ts";
import { deploymentSettings, nextRelease, readConfiguration } from "./configuration.ts";
import type { Configuration } from "./configuration.ts";
import { pinnedImage } from "./image.ts";
import { type Balancer, balancer } from "./loadBalancer.ts";
import { network } from "./network.ts";
import type { Outputs } from "./outputs.ts";
import { assertPlaceable } from "./placement.ts";
import { readPrior } from "./prior.ts";
import { nextRecord } from "./record.ts";
import { currentRegion } from "./region.ts";
import { registry } from "./registry.ts";
import type { Placement, StackRecord } from "./release.ts";
import { taskRole } from "./roles.ts";
import { rules } from "./rules.ts";
import { securityGroups } from "./securityGroups.ts";
import { standing } from "./standing.ts";
import { type Answer, type Ground, Track } from "./track.ts";
import { versions } from "./versions.ts";

/**
 * The whole stack.
 * @param placement A release to put on one colour. Without it each colour stays as the record has it.
 * @throws pulumi.RunError before any resource, where the configuration is wrong or the placement must not run.
 */
export async function program(placement?: Placement): Promise<pulumi.Inputs> {
  const stack = pulumi.getStack();
  const configuration = checked(stack);
  const prior = await readPrior();
  if (placement) assertPlaceable(prior, versions(configuration));
  const record = prior.record;
  const firstImage = !record && configuration.image ? await pinnedImage(configuration.image) : undefined;
  const region = await currentRegion();

  const prefix = `${configuration.name}-${stack}`;
  const net = network(prefix, configuration);
  const groups = securityGroups(prefix, net, configuration);
  const repository = registry(configuration);
  const front = balancer(prefix, { network: net, groups }, configuration);
  const ground: Ground = {
    ...{ prefix, region, configuration, network: net, groups, repository },
    cluster: cluster(prefix, configuration),
    taskRole: taskRole(prefix, configuration),
  };
  const known = { configuration, placement, record, firstImage };
  const blue = new Track("blue", ground, standing("blue", known));
  const green = new Track("green", ground, standing("green", known));
  const targetGroups = { blue: blue.targetGroup, green: green.targetGroup };
  const ruled = rules(front, targetGroups);
  const onBlue = blue.serve(ruled);
  const onGreen = green.serve(ruled);
  alarms(prefix, { loadBalancer: front.loadBalancer, targetGroups }, configuration);

  return {
    region,
    cluster: ground.cluster.arn,
    repository: repository.repositoryUrl,
    loadBalancer: addresses(front, configuration),
    host: configuration.host ?? front.loadBalancer.dnsName,
    productionRule: ruled.production.arn,
    testRule: ruled.test.arn,
    deregistrationDelay: configuration.deregistrationDelay,
    containerName: configuration.name,
    subnets: net.taskSubnets,
    securityGroups: [groups.tasks.id],
    assignPublicIp: net.assignPublicIp,
    colours: { blue: onBlue.outputs, green: onGreen.outputs },
    next: nextRelease(configuration),
    deployment: deploymentSettings(configuration),
    record: pulumi.all([onBlue.spec, onGreen.spec]).apply(([b, g]) => recordOf(record, b, g)),
    versions: versions(configuration),
  } satisfies { readonly [Key in keyof Outputs]: unknown };
}

/** pulumi.RunError is what the CLI shows without a stack trace. */
function checked(stack: string): Configuration {
  try {
    return readConfiguration(pulumi.runtime.allConfig(), stack);
  } catch (error) {
    throw error instanceof Error ? new pulumi.RunError(error.message) : error;
  }
}

/** Nothing is recorded until both services stand: `--target` on the registry makes no record. */
function recordOf(previous: StackRecord | undefined, blue: Answer, green: Answer): StackRecord | undefined {
  return blue === "absent" || green === "absent" ? previous : nextRecord(previous, { blue, green });
}

function addresses({ loadBalancer }: Balancer, configuration: Configuration) {
  const { certificate, httpPort, httpsPort, testPort, host } = configuration;
  const name = host ?? loadBalancer.dnsName;
  const [scheme, own, port] = certificate
    ? (["https", 443, httpsPort] as const)
    : (["http", 80, httpPort] as const);
  const at = (shown: number) => (shown === own ? "" : `:${shown}`);
  return {
    arn: loadBalancer.arn,
    dnsName: loadBalancer.dnsName,
    url: pulumi.interpolate`${scheme}://${name}${at(port)}`,
    testUrl: pulumi.interpolate`${scheme}://${loadBalancer.dnsName}${at(testPort)}`,
  };
}
