import { ConfigurationError } from "./configurationError.ts";
import { checkDirectives } from "./directives.ts";
import { parseDirectives, type Directive } from "./syntax.ts";

export interface AddedHeader {
  readonly name: string;
  readonly value: string;
  /** Also on errors. */
  readonly always: boolean;
}

export interface Location {
  readonly path: string;
  /** `location = /path`: this path and no other. */
  readonly exact: boolean;
  readonly headers: readonly AddedHeader[];
  /** Bytes; 0 is no limit. */
  readonly maxBody: number;
  /** Answered by the front itself; without it the request goes to the shop. */
  readonly answer?: { readonly status: number; readonly body: string };
}

/** What the shop's own front does, read from an nginx configuration. */
export interface FrontConfiguration {
  readonly host: string;
  readonly port: number;
  readonly headers: readonly AddedHeader[];
  readonly locations: readonly Location[];
}

/**
 * Reads an nginx configuration with one server. `file` is what errors name.
 * Throws ConfigurationError in nginx's words, on what nginx refuses and on what the own front can't do.
 */
export function parseConfiguration(text: string, file: string): FrontConfiguration {
  const directives = parseDirectives(text, file);
  checkDirectives(directives, file);
  const http = directives.find((d) => d.name === "http");
  const servers = (http?.block ?? []).filter((d) => d.name === "server");
  const server = servers[0];
  if (http === undefined || server === undefined || servers.length > 1)
    throw new ConfigurationError(
      `${servers.length} servers, the shop's own front serves one`,
      file,
      (servers[1] ?? http)?.line ?? 1,
    );
  const upstreams = (http.block ?? []).filter((d) => d.name === "upstream").map((d) => d.words[0]);
  const outer = [http.block ?? [], server.block ?? []];
  const listen = find(server.block, "listen");
  if (listen === undefined) throw new ConfigurationError('no "listen" is defined', file, server.line);

  return {
    ...readListen(listen, file),
    headers: readHeaders(outer),
    locations: (server.block ?? [])
      .filter((d) => d.name === "location")
      .map((d) => readLocation(d, { outer, upstreams, file })),
  };
}

function readListen(listen: Directive, file: string): { host: string; port: number } {
  const match = /^(?:(?<host>\[.+\]|[^:]+):)?(?<port>\d+)$/.exec(listen.words[0] ?? "");
  const port = Number(match?.groups?.["port"]);
  if (!match || port > 65535)
    throw new ConfigurationError(
      `invalid port in "${listen.words[0]}" of the "listen" directive`,
      file,
      listen.line,
    );
  return { host: (match.groups?.["host"] ?? "0.0.0.0").replaceAll(/[[\]]/g, ""), port };
}

interface Around {
  readonly outer: readonly (readonly Directive[])[];
  readonly upstreams: readonly (string | undefined)[];
  readonly file: string;
}

function readLocation(location: Directive, { outer, upstreams, file }: Around): Location {
  const [first = "", second] = location.words;
  if (second !== undefined && first !== "=")
    throw new ConfigurationError(
      `location modifier "${first}", which the shop's own front does not know,`,
      file,
      location.line,
    );
  const blocks = [...outer, location.block ?? []];
  const shared = {
    path: second ?? first,
    exact: second !== undefined,
    headers: readHeaders(blocks),
    maxBody: readSize(nearest(blocks, "client_max_body_size"), file),
  };
  const given = find(location.block, "return");
  if (given !== undefined) {
    const status = Number(given.words[0]);
    if (!Number.isInteger(status) || status > 599)
      throw new ConfigurationError(`invalid return code "${given.words[0]}"`, file, given.line);
    return { ...shared, answer: { status, body: given.words[1] ?? "" } };
  }
  const pass = find(location.block, "proxy_pass");
  if (pass === undefined) return { ...shared, answer: { status: 404, body: "404 Not Found\n" } };
  const target = /^http:\/\/([^/:]+)$/.exec(pass.words[0] ?? "")?.[1];
  if (target === undefined || !upstreams.includes(target))
    throw new ConfigurationError(`host not found in upstream "${target ?? pass.words[0]}"`, file, pass.line);
  return shared;
}

/** nginx: a block's own add_header directives replace all those around it. */
function readHeaders(blocks: readonly (readonly Directive[])[]): readonly AddedHeader[] {
  const own = blocks.findLast((block) => block.some((d) => d.name === "add_header")) ?? [];
  return own
    .filter((d) => d.name === "add_header")
    .map(({ words }) => ({
      name: words[0] ?? "",
      value: words[1] ?? "",
      always: words[2] === "always",
    }));
}

const units: Readonly<Record<string, number>> = { "": 1, k: 1024, m: 1024 ** 2, g: 1024 ** 3 };

function readSize(directive: Directive | undefined, file: string): number {
  // nginx's own default.
  if (directive === undefined) return 1024 ** 2;
  const match = /^(\d+)([kmg]?)$/i.exec(directive.words[0] ?? "");
  if (!match)
    throw new ConfigurationError(`"client_max_body_size" directive invalid value`, file, directive.line);
  return Number(match[1]) * (units[match[2]?.toLowerCase() ?? ""] ?? 1);
}

function find(block: readonly Directive[] | undefined, name: string): Directive | undefined {
  return block?.find((d) => d.name === name);
}

function nearest(blocks: readonly (readonly Directive[])[], name: string): Directive | undefined {
  const block = blocks.findLast((b) => find(b, name) !== undefined);
  return find(block, name);
}
