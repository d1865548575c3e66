import { ConfigurationError } from "./configurationError.ts";
import type { Directive } from "./syntax.ts";

type Context = "main" | "events" | "http" | "upstream" | "server" | "location";

interface Known {
  readonly in: readonly Context[];
  /** Least and most words after the name. */
  readonly words: readonly [number, number];
  /** The context that its braces open. */
  readonly opens?: Context;
}

const everywhere = ["http", "server", "location"] as const;
const one = { words: [1, 1] } as const;

/** The directives of nginx that the shop's own front knows: those that it obeys, and those without meaning in it. */
const known: Readonly<Record<string, Known>> = {
  worker_processes: { in: ["main"], ...one },
  daemon: { in: ["main"], ...one },
  pid: { in: ["main"], ...one },
  error_log: { in: ["main", ...everywhere], words: [1, 2] },
  events: { in: ["main"], words: [0, 0], opens: "events" },
  worker_connections: { in: ["events"], ...one },
  http: { in: ["main"], words: [0, 0], opens: "http" },
  access_log: { in: everywhere, words: [1, 3] },
  server_tokens: { in: everywhere, ...one },
  keepalive_timeout: { in: everywhere, words: [1, 2] },
  client_body_temp_path: { in: everywhere, words: [1, 4] },
  proxy_temp_path: { in: everywhere, words: [1, 4] },
  fastcgi_temp_path: { in: everywhere, words: [1, 4] },
  uwsgi_temp_path: { in: everywhere, words: [1, 4] },
  scgi_temp_path: { in: everywhere, words: [1, 4] },
  upstream: { in: ["http"], words: [1, 1], opens: "upstream" },
  keepalive: { in: ["upstream"], ...one },
  server: { in: ["http", "upstream"], words: [0, 5] },
  listen: { in: ["server"], words: [1, 5] },
  server_name: { in: ["server"], words: [1, 20] },
  location: { in: ["server"], words: [1, 2], opens: "location" },
  client_max_body_size: { in: everywhere, ...one },
  add_header: { in: everywhere, words: [2, 3] },
  return: { in: ["server", "location"], words: [1, 2] },
  proxy_pass: { in: ["location"], ...one },
  proxy_hide_header: { in: everywhere, ...one },
  proxy_set_header: { in: everywhere, words: [2, 2] },
  proxy_http_version: { in: everywhere, ...one },
  proxy_buffering: { in: everywhere, ...one },
  proxy_read_timeout: { in: everywhere, ...one },
};

/** Checks every directive as nginx does: known, in its place, with as many words as it takes. Throws ConfigurationError. */
export function checkDirectives(
  directives: readonly Directive[],
  file: string,
  context: Context = "main",
): void {
  for (const directive of directives) {
    const { name, words, line, block } = directive;
    const rule = Object.hasOwn(known, name) ? known[name] : undefined;
    if (rule === undefined) throw new ConfigurationError(`unknown directive "${name}"`, file, line);
    if (!rule.in.includes(context))
      throw new ConfigurationError(`"${name}" directive is not allowed here`, file, line);
    const opens = name === "server" && context === "http" ? "server" : rule.opens;
    if (opens !== undefined && block === undefined)
      throw new ConfigurationError(`directive "${name}" has no opening "{"`, file, line);
    if (opens === undefined && block !== undefined)
      throw new ConfigurationError(`directive "${name}" is not terminated by ";"`, file, line);
    if (words.length < rule.words[0] || words.length > rule.words[1])
      throw new ConfigurationError(`invalid number of arguments in "${name}" directive`, file, line);
    if (opens !== undefined) checkDirectives(block ?? [], file, opens);
  }
}
