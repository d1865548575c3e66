import { InvalidArgumentError } from "commander";
import { refuseTakenPort } from "../service/portTaken.ts";

/** @throws InvalidArgumentError where the word after --port is no port */
export function portNumber(text: string): number {
  if (/^\d+$/.test(text) && Number(text) <= 65_535) return Number(text);
  throw new InvalidArgumentError("It is a number from 0 to 65535; 0 is any free one.");
}

/**
 * Asked before anything is started, and in the words of --port: the service, which would notice too, has its port from
 * its environment and speaks of that.
 *
 * @param port 0 is any free one, and always right
 * @throws Error that says what to type where the service can't have the port
 */
export async function refuseUnusablePort(port: number): Promise<void> {
  const host = "127.0.0.1";
  await refuseTakenPort({ host, port }).catch((error: unknown) => {
    const { code } = ((error as Error).cause ?? {}) as NodeJS.ErrnoException;
    if (code === "EADDRINUSE")
      throw new Error(
        `Port ${port} on ${host} is taken. Give another one with --port, or leave --port out for any free one.`,
        { cause: error },
      );
    if (code === "EACCES")
      throw new Error(`Port ${port} on ${host} is not for this user. Give --port 1024 or more.`, {
        cause: error,
      });
    throw error;
  });
}
