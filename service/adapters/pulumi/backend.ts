/**
 * The CLI's environment with a file backend that a kill can't break. The backend renames each state file into its
 * place, but truncates and rewrites a second one beside it that nobody needs (`<stack>.json.attrs`): killed in between,
 * the CLI leaves it empty, and no later command can read the stack (`failed to load checkpoint: EOF`).
 */
export function steadyBackend(environment: NodeJS.ProcessEnv): NodeJS.ProcessEnv {
  const url = environment["PULUMI_BACKEND_URL"];
  if (!url?.startsWith("file://") || url.includes("metadata=")) return environment;
  return { ...environment, PULUMI_BACKEND_URL: `${url}${url.includes("?") ? "&" : "?"}metadata=skip` };
}
