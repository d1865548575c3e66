import type { TSchema } from "typebox";
import { Value } from "typebox/value";
import type { DeploymentSettings } from "./outputs.ts";
import type { ReleaseSettings } from "./release.ts";
import { type Configuration, configurationSchema, type KeySchema } from "./configurationKeys.ts";
import { contradictions } from "./configurationRules.ts";

export type { Configuration } from "./configurationKeys.ts";

/** The stack's configuration is wrong. The message names each key, its value, and what is allowed. */
export class ConfigurationError extends Error {
  readonly code = "CONFIGURATION";

  constructor(problems: readonly string[]) {
    super(
      `The configuration is not right, so nothing was touched.\n${problems.map((problem) => `  ${problem}\n`).join("")}` +
        "Change it with `pulumi config set <key> <value>` or in Pulumi.<stack>.yaml; docs/configuration.md lists all keys.",
    );
    this.name = "ConfigurationError";
  }
}

/**
 * Parses and checks a stack's configuration.
 * @param raw Pulumi's: `turnout:<key>` -> text; lists, maps, numbers and booleans as JSON. Other namespaces are ignored.
 * @throws ConfigurationError with every problem at once.
 */
export function readConfiguration(raw: Readonly<Record<string, string>>, stack: string): Configuration {
  const problems: string[] = [];
  const values: Record<string, unknown> = {};
  for (const [name, text] of Object.entries(raw)) {
    if (!name.startsWith("turnout:")) continue;
    const key = name.slice("turnout:".length);
    const schema = schemaOf(key);
    if (!schema) {
      problems.push(`${name} is no key.${suggestion(key)}`);
      continue;
    }
    const value = parse(schema, text);
    if (value !== undefined) values[key] = value;
    if (value === undefined || !Value.Check(schema as TSchema, withDefaults(schema, value))) {
      problems.push(`${name} is ${shown(text)}; allowed: ${schema.allowed}.${where(schema, value)}`);
    }
  }
  for (const key of (configurationSchema as { required?: readonly string[] }).required ?? []) {
    const schema = schemaOf(key);
    if (schema && schema.default === undefined && raw[`turnout:${key}`] === undefined)
      problems.push(`turnout:${key} is missing; allowed: ${schema.allowed}.`);
  }
  if (problems.length > 0) throw new ConfigurationError(problems);

  const configuration = withDefaults(configurationSchema, values) as Configuration;
  const contradicting = contradictions(configuration, stack);
  if (contradicting.length > 0) throw new ConfigurationError(contradicting);
  return configuration;
}

/** What configuration says of the next release. */
export function nextRelease(configuration: Configuration): ReleaseSettings {
  const { environment, secrets, cpu, memory, command, port, stopTimeout, healthPath, sidecars, capacity } =
    configuration;
  return {
    ...{ environment, secrets, cpu, memory, port, stopTimeout, healthPath, sidecars, capacity },
    ...(command && { command }),
  };
}

/** How configuration wants a release moved. */
export function deploymentSettings(configuration: Configuration): DeploymentSettings {
  const { engine, shift, shiftPercent, shiftInterval, bake, undoWindow, healthyWithin, smoke } =
    configuration;
  const { releaseHeader, migration, migrationWithin, initialCount } = configuration;
  return {
    ...{ engine, shift, shiftPercent, shiftInterval, bake, undoWindow, healthyWithin, smoke },
    ...{ migrationWithin, initialCount },
    ...(releaseHeader && { releaseHeader }),
    ...(migration && { migration }),
  };
}

function schemaOf(key: string): KeySchema | undefined {
  return (configurationSchema.properties as unknown as Record<string, KeySchema | undefined>)[key];
}

/** Pulumi hands every value over as text: words as they are, the rest as JSON. */
function parse(schema: KeySchema, text: string): unknown {
  if (
    "pattern" in schema ||
    (schema as { enum?: unknown[] }).enum?.every((value) => typeof value === "string")
  )
    return text;
  try {
    return JSON.parse(text) as unknown;
  } catch {
    return undefined;
  }
}

function withDefaults(schema: object, value: unknown): unknown {
  return Value.Default(schema as TSchema, structuredClone(value));
}

/** Where inside a list or map the value is wrong. */
function where(schema: KeySchema, value: unknown): string {
  if (typeof value !== "object" || value === null) return "";
  const [first] = Value.Errors(schema as TSchema, withDefaults(schema, value));
  return first
    ? ` Wrong at ${first.instancePath === "" ? "the top" : first.instancePath}: ${first.message}.`
    : "";
}

function shown(text: string): string {
  const short = text.length > 200 ? `${text.slice(0, 200)}…` : text;
  return short === "" ? "empty" : `\`${short}\``;
}

function suggestion(key: string): string {
  const keys = Object.keys(configurationSchema.properties);
  const like = keys.find((known) => known.toLowerCase() === key.toLowerCase() || distance(known, key) <= 2);
  return like ? ` Did you mean turnout:${like}?` : "";
}

/** Levenshtein's distance. */
function distance(a: string, b: string): number {
  let row = Array.from({ length: b.length + 1 }, (_, index) => index);
  for (const [i, letter] of [...a].entries()) {
    const next = [i + 1];
    for (let j = 0; j < b.length; j += 1)
      next.push(
        Math.min((next[j] ?? 0) + 1, (row[j + 1] ?? 0) + 1, (row[j] ?? 0) + (letter === b[j] ? 0 : 1)),
      );
    row = next;
  }
  return row.at(-1) ?? 0;
}
