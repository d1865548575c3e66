import { once } from "node:events";
import { createServer } from "node:net";

/**
 * Throws, in words for a person, where the port is taken. Asked before anything is started: a second service by
 * mistake must not touch the runs of the first.
 */
export async function refuseTakenPort({
  host,
  port,
}: {
  readonly host: string;
  readonly port: number;
}): Promise<void> {
  const probe = createServer();
  try {
    probe.listen({ host, port });
    await once(probe, "listening");
  } catch (error) {
    throw listenError(error, { host, port });
  }
  probe.close();
  await once(probe, "close");
}

export function listenError(
  error: unknown,
  { host, port }: { readonly host: string; readonly port: number },
): unknown {
  if (!(error instanceof Error) || !("code" in error)) return error;
  if (error.code === "EADDRINUSE") {
    return new Error(`Port ${port} on ${host} is taken. Set PORT to another one, or to 0 for any free one.`, {
      cause: error,
    });
  }
  if (error.code === "EACCES") {
    return new Error(`Port ${port} on ${host} is not for this user. Set PORT to 1024 or more.`, {
      cause: error,
    });
  }
  return error;
}
