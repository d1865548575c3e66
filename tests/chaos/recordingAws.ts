import { isWrite, startProxy } from "../faults/proxy.ts";

/** A request to AWS, and whose it is. */
export interface Call {
  /** The process, by the name that it was started with. */
  readonly by: string;
  /** AWS's own word: ModifyRule. */
  readonly operation: string;
}

/** A request that changes something. */
export interface Write extends Call {
  /** Epoch ms. */
  readonly at: number;
}

/** Sees each request on its way, as the same object before and after. One that it does not let pass stays where it is. */
export interface Bystander {
  before?(call: Call): Promise<void>;
  after?(call: Call): Promise<void>;
}

/** AWS, with a list of who changed what. */
export interface RecordingAws {
  readonly url: string;
  readonly writes: readonly Write[];
  close(): Promise<void>;
}

export async function startRecordingAws(endpoint: string, bystander: Bystander = {}): Promise<RecordingAws> {
  const writes: Write[] = [];
  const proxy = await startProxy(endpoint, async ({ request, operation, passOn }, response) => {
    // What AWS_SDK_UA_APP_ID makes of the user agent.
    const by = /\bapp\/(\S+)/.exec(String(request.headers["user-agent"] ?? ""))?.[1];
    const call = by === undefined ? undefined : { by, operation };
    if (call) await bystander.before?.(call);
    if (call && isWrite(operation)) writes.push({ at: Date.now(), ...call });
    const { status, headers, bytes } = await passOn();
    if (call) await bystander.after?.(call);
    response.writeHead(status, headers).end(bytes);
  });
  return { ...proxy, writes };
}
