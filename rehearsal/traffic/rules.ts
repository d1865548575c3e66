import type { IncomingMessage } from "node:http";
import type { Group } from "./group.ts";

/** A group's share of a rule's requests. */
export interface Share {
  readonly name: string;
  readonly group: Group;
  readonly weight: number;
}

export interface Forward {
  readonly kind: "forward";
  readonly shares: readonly Share[];
  /** Seconds that a client stays with the group of its first request; undefined is without. */
  readonly sticky?: number | undefined;
}

export interface Fixed {
  readonly kind: "fixed";
  readonly status: number;
  readonly contentType: string;
  readonly body: string;
}

export interface Redirect {
  readonly kind: "redirect";
  readonly status: number;
  /** The address to go to, with the request's own parts filled in. */
  readonly location: (request: IncomingMessage) => string;
}

export type RuleAction = Forward | Fixed | Redirect;

export interface Rule {
  readonly matches: (request: IncomingMessage) => boolean;
  readonly action: RuleAction;
}

/** A listener's rules in order, the default one last. It is replaced as a whole: a request sees one or the other. */
export type RuleTable = readonly Rule[];

/** The cookie by which a client stays with a group. */
const cookie = "AWSALBTG";

/** The group of a request, and the cookie to set where groups are sticky. */
export function chooseShare(
  { shares, sticky }: Forward,
  request: IncomingMessage,
): { readonly share: Share | undefined; readonly setCookie?: string } {
  if (sticky === undefined) return { share: byWeight(shares) };
  const former = new RegExp(`${cookie}=([^;]+)`).exec(request.headers.cookie ?? "")?.[1];
  // As on AWS a sticky client follows its group even when that has weight 0 or no target.
  const share = shares.find(({ name }) => encode(name) === former) ?? byWeight(shares);
  if (!share) return { share };
  return { share, setCookie: `${cookie}=${encode(share.name)}; Max-Age=${sticky}; Path=/` };
}

function byWeight(shares: readonly Share[]): Share | undefined {
  const total = shares.reduce((sum, { weight }) => sum + weight, 0);
  let point = Math.random() * total;
  return shares.find(({ weight }) => (point -= weight) < 0);
}

function encode(name: string): string {
  return Buffer.from(name).toString("base64url");
}
