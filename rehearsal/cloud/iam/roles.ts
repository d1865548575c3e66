import { createHash } from "node:crypto";
import { AwsError } from "../awsError.ts";

export interface Role {
  readonly name: string;
  readonly path: string;
  readonly arn: string;
  readonly id: string;
  readonly created: Date;
  trust: string;
  description: string | undefined;
  maxSessionDuration: number;
  permissionsBoundary: string | undefined;
  readonly tags: Map<string, string>;
  /** Inline policies' documents by name. */
  readonly policies: Map<string, string>;
  /** ARNs of attached managed policies. */
  readonly attached: Set<string>;
}

/** All roles by name, with IAM's refusals. */
export class Roles {
  readonly #account: string;
  readonly #roles = new Map<string, Role>();

  constructor(account: string) {
    this.#account = account;
  }

  all(): readonly Role[] {
    return [...this.#roles.values()];
  }

  arn(path: string, name: string): string {
    return `arn:aws:iam::${this.#account}:role${path}${name}`;
  }

  add(role: Role): void {
    // Names differ by more than case.
    if (this.all().some(({ name }) => name.toLowerCase() === role.name.toLowerCase()))
      throw new AwsError("EntityAlreadyExistsException", `Role with name ${role.name} already exists.`, 409);
    this.#roles.set(role.name, role);
  }

  find(name: string | undefined): Role {
    const role = this.#roles.get(name ?? "");
    if (!role)
      throw new AwsError("NoSuchEntityException", `The role with name ${name} cannot be found.`, 404);
    return role;
  }

  delete(name: string | undefined): void {
    const role = this.find(name);
    const conflict = (why: string) => new AwsError("DeleteConflictException", why, 409);
    if (role.attached.size > 0) throw conflict("Cannot delete entity, must detach all policies first.");
    if (role.policies.size > 0) throw conflict("Cannot delete entity, must delete policies first.");
    this.#roles.delete(role.name);
  }
}

/** `AROA…` for a role; each new role has another, as on AWS. */
export function roleId(arn: string, created: Date, count: number): string {
  const hash = createHash("sha256").update(`${arn} ${created.getTime()} ${count}`).digest("hex");
  return `AROA${hash.slice(0, 16).toUpperCase()}`;
}
