import { isWrite, startProxy } from "../faults/proxy.ts";

/** A request that changes something, and whose it was. */
export interface Write {
  /** Epoch ms. */
  readonly at: number;
  /** The process, by the name that it was started with. */
  readonly by: string;
  readonly operation: string;
}

/** AWS, with a list of who changed what. */
export interface RecordingAws {
  readonly url: string;
  readonly writes: readonly Write[];
  close(): Promise<void>;
}

export async function startRecordingAws(endpoint: string): Promise<RecordingAws> {
  const writes: Write[] = [];
  const proxy = await startProxy(endpoint, async ({ request, operation, passOn }, response) => {
    // What AWS_SDK_UA_APP_ID makes of the user agent.
    const by = /\bapp\/(\S+)/.exec(String(request.headers["user-agent"] ?? ""))?.[1];
    if (by !== undefined && isWrite(operation)) writes.push({ at: Date.now(), by, operation });
    const { status, headers, bytes } = await passOn();
    response.writeHead(status, headers).end(bytes);
  });
  return { ...proxy, writes };
}
