import { AwsError } from "../cloud/awsError.ts";
import type { Clock } from "../cloud/clock.ts";

/** How often a wait looks, in milliseconds. */
const lookEvery = 25;

/**
 * Waits until `look` answers something else than undefined.
 * @param within milliseconds of real time, as the real provider's own time-outs are.
 * @throws with the last of `evidence` when the time is over.
 */
export async function waitFor<Value>(
  clock: Clock,
  look: () => Promise<Value | undefined>,
  { within, evidence }: { readonly within: number; readonly evidence: () => string },
): Promise<Value> {
  const deadline = clock.now().getTime() + within;
  for (;;) {
    const found = await look();
    if (found !== undefined) return found;
    if (clock.now().getTime() >= deadline) throw new Error(`timeout after ${within / 1000} s: ${evidence()}`);
    await clock.real(lookEvery);
  }
}

/** Repeats what AWS refuses with one of the codes, as the real provider does while something else is being deleted. */
export async function whileRefused<Value>(
  clock: Clock,
  codes: readonly string[],
  run: () => Promise<Value>,
): Promise<Value> {
  let last: AwsError | undefined;
  const answered = await waitFor(
    clock,
    async () => {
      try {
        return { value: await run() };
      } catch (error) {
        if (!(error instanceof AwsError) || !codes.includes(error.code)) throw error;
        last = error;
        return undefined;
      }
    },
    { within: 60_000, evidence: () => `${last?.code}: ${last?.message}` },
  );
  return answered.value;
}
