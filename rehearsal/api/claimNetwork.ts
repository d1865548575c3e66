import { randomInt } from "node:crypto";
import { once } from "node:events";
import type { Server } from "node:http";

const port = 4566;
const attempts = 100;

/**
 * Claims a loopback network of 256 addresses for one rehearsal, `127.x.y`, by listening on its first address: as long as
 * the server listens, no other rehearsal of this machine takes the network.
 * @returns the first three octets, for example `127.40.12`
 */
export async function claimNetwork(server: Server): Promise<string> {
  let last: unknown;
  for (let attempt = 0; attempt < attempts; attempt += 1) {
    // Below 16 and above 250 there are the addresses that others use: 127.0.0.1, 127.0.1.1, 127.0.0.53.
    const network = `127.${randomInt(16, 251)}.${randomInt(0, 256)}`;
    try {
      server.listen(port, `${network}.1`);
      await once(server, "listening");
      return network;
    } catch (error) {
      last = error;
      const { code } = error as NodeJS.ErrnoException;
      if (code === "EADDRNOTAVAIL")
        throw new Error(
          `This machine does not let a process listen on ${network}.1: a rehearsal needs the whole of 127.0.0.0/8, as Linux has it.`,
          { cause: error },
        );
      if (code !== "EADDRINUSE") throw error;
    }
  }
  throw new Error(`No loopback network is free: ${attempts} were tried on port ${port}`, { cause: last });
}
