import { AwsError } from "../awsError.ts";

/** ECS's refusals that several operations share, in its own words. */
export const invalid = (message: string) => new AwsError("InvalidParameterException", message);

export const client = (message: string) => new AwsError("ClientException", message);

export const clusterNotFound = () => new AwsError("ClusterNotFoundException", "Cluster not found.");

export const serviceNotFound = () => new AwsError("ServiceNotFoundException", "Service not found.");

export const serviceNotActive = () => new AwsError("ServiceNotActiveException", "Service was not ACTIVE.");

export const inactiveDefinition = () => client("TaskDefinition is inactive");

/** For what ECS can do and the rehearsal can't: it says so and does nothing. */
export const notRehearsed = (what: string) =>
  new AwsError("UnsupportedFeatureException", `The rehearsal's ECS does not do ${what}.`);

export const badToken = () => invalid("Invalid token. Specify a valid token and try again.");
