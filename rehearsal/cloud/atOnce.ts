/** Operations that do not wait, as plain functions. */
export type AtOnce<Operations> = {
  readonly [Name in keyof Operations]: Operations[Name] extends (input: infer Input) => Promise<infer Output>
    ? (input: Input) => Output
    : never;
};

/**
 * AWS's operations from plain functions. Nothing comes between what such a function reads and what it writes, so most of
 * the cloud is written this way; what it throws is a rejection for the caller.
 */
export function atOnce<Operations extends object>(plain: AtOnce<Operations>): Operations {
  const operations = Object.entries(plain as Record<string, (input: unknown) => unknown>).map(
    ([name, operation]) => [
      name,
      // A promise's constructor turns a throw into a rejection.
      (input: unknown) => new Promise((resolve) => resolve(operation(input))),
    ],
  );
  return Object.fromEntries(operations) as Operations;
}
