/**
 * AWS's operations as plain functions, typed by the AWS SDK's own commands: `Operations<typeof sdk, "CreateCluster">`
 * is `{ CreateCluster(input: CreateClusterCommandInput): Promise<CreateClusterCommandOutput without $metadata> }`.
 * The wire protocols (api/) and the Pulumi provider (provider/) both call these, so what one makes the other reads.
 */
export type Operations<Sdk, Name extends string> = {
  readonly [N in Name]: `${N}Command` extends keyof Sdk ? Operation<Sdk[`${N}Command`]> : never;
};

type Operation<Command> = Command extends abstract new (...args: never[]) => {
  input: infer Input;
  resolveMiddleware: infer Resolve;
}
  ? Resolve extends (...args: never[]) => (...args: never[]) => Promise<{ output: infer Output }>
    ? (input: Input) => Promise<Omit<Output, "$metadata">>
    : never
  : never;
