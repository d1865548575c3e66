import { randomUUID } from "node:crypto";
import type * as sdk from "@aws-sdk/client-codedeploy";
import { AwsError } from "../awsError.ts";
import type { AtOnce } from "../atOnce.ts";
import type { Clock } from "../clock.ts";
import type { Operations } from "../operations.ts";
import { only, required } from "../parameters.ts";
import type { Group } from "./groups.ts";
import { tagMap } from "./tagOperations.ts";

export type ApplicationOperations = Operations<
  typeof sdk,
  "CreateApplication" | "GetApplication" | "ListApplications" | "DeleteApplication"
>;

export interface Application {
  readonly id: string;
  readonly name: string;
  readonly createdAt: Date;
  readonly tags: Map<string, string>;
  readonly groups: Map<string, Group>;
}

export class Applications {
  readonly #applications = new Map<string, Application>();

  all(): readonly Application[] {
    return [...this.#applications.values()];
  }

  get(name: string): Application | undefined {
    return this.#applications.get(name);
  }

  /** Throws ApplicationDoesNotExistException. */
  find(name: string | undefined): Application {
    const wanted = required(name, "applicationName", "ApplicationNameRequiredException");
    const found = this.#applications.get(wanted);
    if (!found)
      throw new AwsError("ApplicationDoesNotExistException", `No application found for name: ${wanted}`);
    return found;
  }

  add(application: Application): void {
    this.#applications.set(application.name, application);
  }

  delete(name: string): void {
    this.#applications.delete(name);
  }
}

export function applicationOperations(
  applications: Applications,
  { clock, isBusy }: { readonly clock: Clock; readonly isBusy: (group: Group) => boolean },
): AtOnce<ApplicationOperations> {
  return {
    CreateApplication(input) {
      only("CreateApplication", input, ["applicationName", "computePlatform", "tags"]);
      const name = required(input.applicationName, "applicationName", "ApplicationNameRequiredException");
      if (!/^[\w.+=,@-]{1,100}$/.test(name))
        throw new AwsError("InvalidApplicationNameException", `Application name not valid: ${name}`);
      if (input.computePlatform !== "ECS")
        throw new AwsError(
          "InvalidComputePlatformException",
          "The rehearsal's CodeDeploy deploys to ECS only.",
        );
      if (applications.get(name))
        throw new AwsError("ApplicationAlreadyExistsException", `Application already exists: ${name}`);
      const id = randomUUID();
      applications.add({
        id,
        name,
        createdAt: clock.now(),
        tags: tagMap(input.tags),
        groups: new Map(),
      });
      return { applicationId: id };
    },

    GetApplication({ applicationName }) {
      const { id, name, createdAt } = applications.find(applicationName);
      return {
        application: {
          ...{ applicationId: id, applicationName: name, createTime: createdAt },
          ...{ linkedToGitHub: false, computePlatform: "ECS" },
        },
      };
    },

    ListApplications: () => ({ applications: applications.all().map(({ name }) => name) }),

    DeleteApplication({ applicationName }) {
      // Deleting one that is not there is no error.
      const found = applications.get(
        required(applicationName, "applicationName", "ApplicationNameRequiredException"),
      );
      if ([...(found?.groups.values() ?? [])].some(isBusy))
        throw new AwsError(
          "InvalidOperationException",
          "An application with an active deployment can't be deleted.",
        );
      if (found) applications.delete(found.name);
      return {};
    },
  };
}
