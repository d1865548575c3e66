import { pathToFileURL } from "node:url";
import { type KeySchema, sections } from "./configurationKeys.ts";

const head = `# Configuration

Keys of \`Pulumi.<stack>.yaml\`, each with the prefix \`turnout:\`. Set one with \`pulumi config set turnout:<key> <value>\`, a
list or a map in the file. All of them are checked before anything is touched; an error names the key, its value and what is
allowed. \`Pulumi.prod.yaml\` is a complete example with comments.

Configuration describes the network, the load balancer, how deployments go, and the _next_ release. A release that already
stands on a colour is built from the stack's own record, so \`pulumi up\` never changes one that runs: change a key under "The
next release", run \`pulumi up\`, and the next deployment takes it.

Of other namespaces, \`aws:region\` says where the stack stands and \`aws:defaultTags\` what every resource is tagged with.
`;

/** docs/configuration.md, from the keys themselves. \`node infra/configurationDocument.ts\` prints it. */
export function configurationDocument(): string {
  const parts = Object.entries(sections).map(([title, keys]) => {
    const rows = Object.entries(keys as unknown as Record<string, KeySchema>).map(([key, schema]) =>
      row(key, schema),
    );
    return [`## ${title}`, "", "| key | what | allowed | default |", "|---|---|---|---|", ...rows, ""].join(
      "\n",
    );
  });
  return [head, ...parts].join("\n");
}

function row(key: string, schema: KeySchema): string {
  const cells = [`\`${key}\``, schema.description, schema.allowed, fallback(schema)];
  return `| ${cells.map((cell) => cell.replaceAll("|", "\\|")).join(" | ")} |`;
}

function fallback(schema: KeySchema): string {
  return schema.default === undefined ? "" : `\`${JSON.stringify(schema.default)}\``;
}

if (import.meta.url === pathToFileURL(process.argv[1] ?? "").href)
  process.stdout.write(configurationDocument());
