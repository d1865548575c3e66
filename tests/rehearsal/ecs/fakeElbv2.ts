import type { TargetHealthStateEnum } from "@aws-sdk/client-elastic-load-balancing-v2";
import { AwsError } from "../../../rehearsal/cloud/awsError.ts";
import type { TargetOperations } from "../../../rehearsal/cloud/ecs/registration.ts";

interface Target {
  state: TargetHealthStateEnum;
}

interface Group {
  readonly attached: boolean;
  readonly targets: Map<string, Target>;
}

/** A load balancer that says of targets what a test wants it to say. */
export interface FakeElbv2 extends TargetOperations {
  /** Makes a group and answers its ARN. */
  group(name: string, as?: { readonly attached: boolean }): string;
  /** Says of a target that is `initial`, by `address:port`, how it is. By default healthy when it answers. */
  judge: (target: string) => TargetHealthStateEnum | Promise<TargetHealthStateEnum>;
  /** False: a target that was taken out goes on draining. */
  drains: boolean;
  /** What was called, in order: `register 127.…:80`, `deregister …`. */
  readonly calls: string[];
  set(target: string, state: TargetHealthStateEnum): void;
  targets(group: string): readonly string[];
}

export function fakeElbv2(): FakeElbv2 {
  const groups = new Map<string, Group>();
  const calls: string[] = [];
  const find = (arn = ""): Group => {
    const group = groups.get(arn);
    if (!group) throw new AwsError("TargetGroupNotFoundException", "One or more target groups not found");
    return group;
  };
  const probe = (target: string): Promise<TargetHealthStateEnum> =>
    fetch(`http://${target}`).then(
      ({ ok }) => (ok ? "healthy" : "unhealthy"),
      () => "initial",
    );
  const name = ({ Id, Port }: { Id?: string | undefined; Port?: number | undefined }) => `${Id}:${Port}`;

  const fake: FakeElbv2 = {
    ...{ calls, drains: true, judge: probe },
    group(of, { attached } = { attached: true }) {
      const arn = `arn:aws:elasticloadbalancing:eu-central-1:123456789012:targetgroup/${of}/0123456789abcdef`;
      groups.set(arn, { attached, targets: new Map() });
      return arn;
    },
    set(target, state) {
      for (const { targets } of groups.values()) {
        const found = targets.get(target);
        if (found) found.state = state;
      }
    },
    targets: (group) => [...find(group).targets.keys()],

    DescribeTargetGroups: ({ TargetGroupArns: [arn = ""] = [] }) =>
      answer(() => {
        const { attached } = find(arn);
        const LoadBalancerArns = attached ? ["arn:aws:elasticloadbalancing:…:loadbalancer/app/shop/1"] : [];
        return { TargetGroups: [{ TargetGroupArn: arn, TargetType: "ip", LoadBalancerArns }] };
      }),
    RegisterTargets: ({ TargetGroupArn, Targets = [] }) =>
      answer(() => {
        for (const target of Targets) {
          calls.push(`register ${name(target)}`);
          find(TargetGroupArn).targets.set(name(target), { state: "initial" });
        }
        return {};
      }),
    DeregisterTargets: ({ TargetGroupArn, Targets = [] }) =>
      answer(() => {
        for (const target of Targets) {
          calls.push(`deregister ${name(target)}`);
          const found = find(TargetGroupArn).targets.get(name(target));
          if (found) found.state = "draining";
        }
        return {};
      }),
    async DescribeTargetHealth({ TargetGroupArn, Targets }) {
      const { targets } = find(TargetGroupArn);
      for (const [target, one] of [...targets]) {
        if (one.state === "initial") {
          const state = await fake.judge(target);
          // It may have been taken out meanwhile.
          if (one.state === "initial") one.state = state;
        }
        if (one.state === "draining" && fake.drains) targets.delete(target);
      }
      const asked = Targets?.map(name) ?? [...targets.keys()];
      return {
        TargetHealthDescriptions: asked.map((target) => {
          const [Id, port] = target.split(":");
          const State = targets.get(target)?.state ?? "unused";
          const why = State === "unhealthy" ? "Health checks failed with these codes: [502]" : undefined;
          return { Target: { Id, Port: Number(port) }, TargetHealth: { State, Description: why } };
        }),
      };
    },
  };
  return fake;
}

function answer<Output>(plain: () => Output): Promise<Output> {
  return new Promise((resolve) => resolve(plain()));
}
