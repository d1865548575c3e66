import type { Figures } from "../tally.ts";

/**
 * When the request started that was the last one which this release answered; epoch ms.
 *
 * @throws Error where it answered none: then it never served, and how soon it stopped says nothing
 */
export function lastStarted({ releases }: Pick<Figures, "releases">, release: string): number {
  const answered = releases[release];
  if (answered === undefined)
    throw new Error(
      `${release} answered no request of the load; those that did: ${Object.keys(releases).join(", ") || "none"}. ` +
        "So there is nothing to measure an undo by: look at the service's log, and at the load's --rate.",
    );
  return answered.lastStart;
}
