import { get } from "node:http";
import { WebSocket } from "ws";

/** What became of streams of one kind (server-sent events, or WebSockets). */
export interface StreamCount {
  readonly open: number;
  readonly opened: number;
  /** Closed by the server as the protocol wants it. */
  readonly clean: number;
  /**
   * Of WebSockets: the connection ended in order between two messages, without a close frame. That is what a load
   * balancer, which speaks no WebSocket of its own, does when a target's deregistration delay is over.
   */
  readonly ended: number;
  /** Cut off, or silent for too long. */
  readonly broken: number;
  /** Did not open: a status, or no connection. */
  readonly refused: number;
  readonly messages: number;
}

export interface Streams {
  count(): StreamCount;
  /** Ends them from this side, which is counted nowhere. */
  close(): void;
}

/** How one stream ended. */
type End = "clean" | "ended" | "broken" | "refused";

export interface Listening {
  readonly url: URL;
  readonly opened: () => void;
  readonly message: () => void;
  /** Called once. */
  readonly ended: (end: End) => void;
}

/** Opens one stream; the result ends it without a word to `ended`. */
type Opener = (listening: Listening) => () => void;

const reconnectAfter = 250;
/** The shop says something every second. */
const silence = 10_000;

/** Keeps `number` streams open; one that ends is opened anew, as a browser does. */
export function keepOpen(open: Opener, url: URL, number: number): Streams {
  const count = { open: 0, opened: 0, clean: 0, ended: 0, broken: 0, refused: 0, messages: 0 };
  const closers = new Map<number, () => void>();
  let closed = false;

  const start = (slot: number) => {
    let isOpen = false;
    const close = open({
      url,
      opened: () => {
        isOpen = true;
        count.open += 1;
        count.opened += 1;
      },
      message: () => {
        count.messages += 1;
      },
      ended: (end) => {
        if (closed) return;
        if (isOpen) count.open -= 1;
        count[end] += 1;
        const timer = setTimeout(() => start(slot), reconnectAfter);
        closers.set(slot, () => clearTimeout(timer));
      },
    });
    closers.set(slot, close);
  };
  for (let slot = 0; slot < number; slot += 1) start(slot);

  return {
    count: () => ({ ...count }),
    close: () => {
      closed = true;
      for (const close of closers.values()) close();
    },
  };
}

/** A server-sent stream: clean when its chunked answer ends whole. */
export function openEvents({ url, opened, message, ended }: Listening): () => void {
  let done = false;
  let wasOpen = false;
  const end = (how: End) => {
    if (done) return;
    done = true;
    clearTimeout(quiet);
    request.destroy();
    ended(how);
  };
  const request = get(url, { agent: false, headers: { accept: "text/event-stream" } }, (response) => {
    if (response.statusCode !== 200) return end("refused");
    wasOpen = true;
    opened();
    response.on("data", () => {
      quiet.refresh();
      message();
    });
    response.on("end", () => end(response.complete ? "clean" : "broken"));
    response.on("error", () => end("broken"));
    response.on("close", () => end("broken"));
  });
  const quiet = setTimeout(() => end(wasOpen ? "broken" : "refused"), silence);
  request.on("error", () => end(wasOpen ? "broken" : "refused"));
  return () => {
    done = true;
    clearTimeout(quiet);
    request.destroy();
  };
}

/** ws's code for a connection that ended without a close frame. */
const withoutFrame = 1006;

/** A WebSocket: clean when it is closed with 1000, 1001 or 1012. */
export function openSocket({ url, opened, message, ended }: Listening): () => void {
  const socket = new WebSocket(url.href.replace(/^http/, "ws"), { handshakeTimeout: silence });
  let done = false;
  let wasOpen = false;
  let hadError = false;
  const end = (how: End) => {
    if (done) return;
    done = true;
    clearTimeout(quiet);
    socket.terminate();
    ended(how);
  };
  const quiet = setTimeout(() => end(wasOpen ? "broken" : "refused"), silence);
  socket.on("open", () => {
    wasOpen = true;
    opened();
  });
  socket.on("message", () => {
    quiet.refresh();
    message();
  });
  socket.on("close", (code) => {
    const clean = code === 1000 || code === 1001 || code === 1012;
    const inOrder = code === withoutFrame && !hadError;
    end(!wasOpen ? "refused" : clean ? "clean" : inOrder ? "ended" : "broken");
  });
  // The WebSocket itself does not tell a reset from an end.
  socket.on("upgrade", (answer) => answer.socket.once("error", () => (hadError = true)));
  // `close` follows and says how it ended.
  socket.on("error", () => {});
  return () => {
    done = true;
    clearTimeout(quiet);
    socket.terminate();
  };
}
