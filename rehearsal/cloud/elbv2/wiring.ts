import type { RuleTable } from "../../traffic/rules.ts";
import { compileAction, groupsOf } from "./actions.ts";
import { compileConditions } from "./conditions.ts";
import type { Listener, State } from "./state.ts";

/** Puts a listener's rules in force, in one replacement, and attaches or detaches the groups that they name. */
export function putInForce(state: State, listener: Listener): void {
  const table: RuleTable = listener.rules.map(({ Conditions = [], Actions = [] }) => ({
    matches: compileConditions(Conditions),
    action: compileAction(state, Actions),
  }));
  listener.open.rules = table;
  attachGroups(state);
}

/** Every group learns which load balancers name it. */
export function attachGroups(state: State): void {
  const users = usersOfGroups(state);
  for (const [arn, group] of state.groups) group.attach([...(users.get(arn) ?? [])]);
}

/** ARNs of load balancers by the target group that their rules name. */
export function usersOfGroups(state: State): ReadonlyMap<string, ReadonlySet<string>> {
  const users = new Map<string, Set<string>>();
  for (const { balancer, rules } of state.listeners.values())
    for (const group of rules.flatMap(({ Actions }) => groupsOf(Actions)))
      users.set(group, (users.get(group) ?? new Set()).add(balancer.arn));
  return users;
}
