/**
 * True where a difference lies in what the resource's `ignoreChanges` name. Both are Pulumi's property paths: `actions`,
 * `tags.Name`, `tags["a:b"]`, `actions[0]`, `actions[*].forward`.
 */
export function isIgnored(path: string, ignoreChanges: readonly string[]): boolean {
  const parts = partsOf(path);
  return ignoreChanges.some((ignored) =>
    partsOf(ignored === "tagsAll" ? "tags" : ignored).every((part, index) =>
      part === "*" ? parts[index] !== undefined : part === parts[index],
    ),
  );
}

function partsOf(path: string): readonly string[] {
  return [...path.matchAll(/\["([^"]*)"\]|\[([^\]]*)\]|([^.[\]]+)/g)].map(
    ([, quoted, bracketed, plain]) => quoted ?? bracketed ?? plain ?? "",
  );
}
