import { randomBytes } from "node:crypto";

/** `vpc-0` and 16 more hexadecimal digits, as EC2 gives them. */
export function newId(prefix: string): string {
  return `${prefix}-0${randomBytes(8).toString("hex")}`;
}
