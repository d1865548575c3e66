import { AwsError } from "../awsError.ts";

/** ELB's errors, with its own codes and words. */
export const refuse = {
  invalid: (message: string) => new AwsError("ValidationError", message),
  balancerNotFound: (arn: string) => new AwsError("LoadBalancerNotFound", `Load balancer '${arn}' not found`),
  groupNotFound: (arn: string) => new AwsError("TargetGroupNotFound", `Target groups '${arn}' not found`),
  listenerNotFound: (arn: string) => new AwsError("ListenerNotFound", `Listener '${arn}' not found`),
  ruleNotFound: (arn: string) => new AwsError("RuleNotFound", `Rules '${arn}' not found`),
  notPermitted: (message: string) => new AwsError("OperationNotPermitted", message),
  inUse: (message: string) => new AwsError("ResourceInUse", message),
};

/** The value, or ELB's refusal of a request without it. */
export function required<Value>(value: Value | undefined | null, name: string): Value {
  if (value === undefined || value === null) throw refuse.invalid(`A value must be specified for '${name}'`);
  return value;
}
