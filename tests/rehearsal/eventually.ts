import { setTimeout as sleep } from "node:timers/promises";

/** Waits until an assertion holds; when it never does, fails with what it said last. */
export async function eventually(assertion: () => Promise<unknown>, within = 5_000): Promise<void> {
  const deadline = Date.now() + within;
  for (;;)
    try {
      await assertion();
      return;
    } catch (error) {
      if (Date.now() > deadline) throw error;
      await sleep(10);
    }
}
