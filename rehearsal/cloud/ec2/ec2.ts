import type { Ground } from "../cloud.ts";
import { addressOperations } from "./addresses.ts";
import { internetGatewayOperations } from "./internetGateways.ts";
import { natGatewayOperations } from "./natGateways.ts";
import { networkAclOperations } from "./networkAcls.ts";
import { addInterface, networkInterfaceOperations, type NewInterface } from "./networkInterfaces.ts";
import { routeOperations } from "./routes.ts";
import { routeTableOperations } from "./routeTables.ts";
import { securityGroupRuleOperations } from "./securityGroupRules.ts";
import { securityGroupOperations } from "./securityGroups.ts";
import { State } from "./state.ts";
import { subnetOperations } from "./subnets.ts";
import { tagOperations } from "./tags.ts";
import { vpcOperations } from "./vpcs.ts";
import { zoneOperations } from "./zones.ts";

export type Ec2 = ReturnType<typeof createEc2>;

/** The part of EC2 that a network is made of. It is kept and answered as EC2 does; no packet goes by it. */
export function createEc2(ground: Ground) {
  const { identity } = ground;
  const state = new State();
  const closed = new AbortController();
  return {
    ...vpcOperations(state, identity),
    ...subnetOperations(state, identity),
    ...routeTableOperations(state, identity),
    ...routeOperations(state),
    ...internetGatewayOperations(state, identity),
    ...natGatewayOperations(state, ground, closed.signal),
    ...addressOperations(state, identity),
    ...securityGroupOperations(state, identity),
    ...securityGroupRuleOperations(state, identity),
    ...networkInterfaceOperations(state, identity),
    ...networkAclOperations(state, identity),
    ...zoneOperations(identity),
    ...tagOperations(state),

    /** Puts a load balancer's or a task's interface into a subnet; returns its id and its address in the VPC. */
    addInterface(made: NewInterface): { readonly id: string; readonly privateIp: string } {
      return addInterface(state, made);
    },

    removeInterface(id: string): void {
      state.networkInterfaces.remove(state.networkInterfaces.find(id));
    },

    /** Ends what is still under way. */
    close(): void {
      closed.abort();
    },
  };
}
