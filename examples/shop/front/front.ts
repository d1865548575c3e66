import type { IncomingMessage, ServerResponse } from "node:http";
import type { Duplex } from "node:stream";

/** What a front leads requests to: the shop itself. */
export interface Listener {
  request(request: IncomingMessage, response: ServerResponse): void;
  upgrade(request: IncomingMessage, socket: Duplex, head: Buffer): void;
}

/** The web server between the customers and the shop. */
export interface Front {
  readonly name: "nginx" | "own";
  /** Settles only if the front ends by itself: with what it said last. */
  readonly died: Promise<string>;
  /** Takes no new connection, ends the idle ones; resolves when the last request is answered. */
  close(): Promise<void>;
  /** Ends every connection at once. */
  kill(): void;
}

export interface FrontOptions {
  /** Path of the configuration template. */
  readonly file: string;
  readonly host: string;
  readonly port: number;
  readonly release: string;
  readonly colour: string;
  readonly listener: Listener;
}

/** Fills in a configuration template: `${SHOP_LISTEN}` and the like; nginx's own `$variables` stay. */
export function fillIn(
  template: string,
  { host, port, release, colour }: FrontOptions,
  folder: string,
): string {
  const values: Readonly<Record<string, string>> = {
    SHOP_LISTEN: `${host.includes(":") ? `[${host}]` : host}:${port}`,
    SHOP_RELEASE: release,
    SHOP_COLOUR: colour,
    SHOP_FOLDER: folder,
  };
  return template.replaceAll(/\$\{(SHOP_[A-Z]+)\}/g, (whole, name: string) => values[name] ?? whole);
}
