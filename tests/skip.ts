/**
 * Skips the running test or suite because an optional real part (nginx, the aws CLI, a container runtime) is not here.
 * The reason is printed; with TURNOUT_SKIP=fail, as CI sets it, a missing part is a failure instead.
 */
export function skip(context: Mocha.Context, reason: string): never {
  const title = context.test?.fullTitle() ?? "?";
  if (process.env.TURNOUT_SKIP === "fail")
    throw new Error(`skipping is not allowed here: ${title}: ${reason}`);
  console.log(`skipped: ${title}: ${reason}`);
  return context.skip();
}
