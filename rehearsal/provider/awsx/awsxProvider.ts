import providers from "@pulumi/pulumi/proto/provider_pb.js";
import type { Bag } from "../resourceType.ts";
import { fromStruct, toStruct } from "../rpc/bag.ts";
import { NotSimulated } from "../rpc/failure.ts";
import { plainAnswers } from "../rpc/plainAnswers.ts";
import type { Answer } from "../rpc/serve.ts";
import { Monitor, type Registered } from "./monitor.ts";
import { versionOf } from "../versionOf.ts";
import { signature } from "./secrets.ts";
import { makeVpc, type MadeVpc } from "./vpc.ts";

/** The answers of the provider `awsx`: it makes one component, the VPC. */
export function awsxAnswers(): Readonly<Record<string, Answer>> {
  const answers = {
    construct(request: providers.ConstructRequest) {
      const type = request.getType();
      if (type !== "awsx:ec2:Vpc") throw new NotSimulated(`The component ${type} is not simulated here.`);
      return constructVpc(request);
    },
    invoke(request: providers.InvokeRequest) {
      throw new NotSimulated(`The function ${request.getTok()} is not simulated here.`);
    },
    call(request: providers.CallRequest) {
      throw new NotSimulated(`The method ${request.getTok()} is not simulated here.`);
    },
  };
  return {
    ...plainAnswers({ version: versionOf("@pulumi/awsx"), secrets: "marked" }),
    ...(answers as Readonly<Record<string, Answer>>),
  };
}

async function constructVpc(request: providers.ConstructRequest): Promise<providers.ConstructResponse> {
  const monitor = new Monitor(request.getMonitorendpoint(), optionsOf(request), versionOf("@pulumi/aws"));
  try {
    const name = request.getName();
    const urn = await monitor.component({
      ...{ type: request.getType(), name, parent: request.getParent() },
      dependencies: request.getDependenciesList(),
    });
    const from = new Map<string, readonly string[]>();
    request.getInputdependenciesMap().forEach((dependencies, argument) => {
      from.set(argument, dependencies.getUrnsList());
    });
    const made = await makeVpc(monitor, urn, { name, inputs: fromStruct(request.getInputs()), from });
    const outputs = outputsOf(made);
    const state = Object.fromEntries(Object.entries(outputs).map(([key, { value }]) => [key, value]));
    await monitor.outputs(urn, state);

    const response = new providers.ConstructResponse();
    response.setUrn(urn);
    response.setState(toStruct(state));
    for (const [key, { resources }] of Object.entries(outputs)) {
      const dependencies = new providers.ConstructResponse.PropertyDependencies();
      dependencies.setUrnsList(resources.map((one) => one.urn));
      response.getStatedependenciesMap().set(key, dependencies);
    }
    return response;
  } finally {
    monitor.close();
  }
}

function optionsOf(request: providers.ConstructRequest) {
  return {
    protect: request.hasProtect() ? request.getProtect() : undefined,
    retainOnDelete: request.hasRetainondelete() ? request.getRetainondelete() : undefined,
    aliases: request.getAliasesList(),
    ignoreChanges: request.getIgnorechangesList(),
    replaceOnChanges: request.getReplaceonchangesList(),
    deletedWith: request.getDeletedwith(),
    providers: new Map(request.getProvidersMap().toArray()),
  };
}

interface Output {
  readonly value: unknown;
  readonly resources: readonly Registered[];
}

/** The component's outputs by the names of the Node SDK, each with the resources that it comes from. */
function outputsOf({ vpc, internetGateway, zonal, layout }: MadeVpc): Readonly<Record<string, Output>> {
  const of = (type: string) => zonal.filter((one) => one.type === type).map(({ subnet }) => subnet);
  const all = (choose: (one: (typeof zonal)[number]) => Registered | undefined) =>
    zonal.map(choose).filter((one) => one !== undefined);
  const one = (resource: Registered): Output => ({ value: reference(resource), resources: [resource] });
  const list = (resources: readonly Registered[]): Output => ({
    ...{ value: resources.map(reference), resources },
  });
  const ids = (resources: readonly Registered[]): Output => ({
    ...{ value: resources.map(({ id }) => id), resources },
  });
  return {
    vpc: one(vpc),
    vpcId: { value: vpc.id, resources: [vpc] },
    internetGateway: one(internetGateway),
    subnets: list(zonal.map(({ subnet }) => subnet)),
    publicSubnets: list(of("public")),
    privateSubnets: list(of("private")),
    isolatedSubnets: list(of("isolated")),
    publicSubnetIds: ids(of("public")),
    privateSubnetIds: ids(of("private")),
    isolatedSubnetIds: ids(of("isolated")),
    routeTables: list(all(({ routeTable }) => routeTable)),
    routeTableAssociations: list(all(({ association }) => association)),
    routes: list(all(({ route }) => route)),
    natGateways: list(all(({ natGateway }) => natGateway)),
    eips: list(all(({ address }) => address)),
    vpcEndpoints: { value: [], resources: [] },
    subnetLayout: { value: layout, resources: [] },
  };
}

/** A resource in the engine's words. Source: sdk/go/common/resource/sig/sig.go */
function reference({ urn, id }: Registered): Bag {
  return { [signature]: "5cf8f73096256a8f31e491e813e4eb8e", urn, id };
}
