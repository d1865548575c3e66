import { chmodSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import type { ChildProcess } from "node:child_process";
import { type Postgres, startPostgres } from "../../postgres/postgres.ts";
import { type Keep, keepServer, type KeptServer, spawnKeeper } from "./keptServer.ts";
import { dataOf, kill, until, workersOn } from "./processes.ts";

/** Folders and servers of one test, and the end of them all. */
export interface Homes {
  /** A new folder that anybody may cross. */
  folder(): string;
  start(home: string): Promise<Postgres>;
  keep(keep: Keep): Promise<KeptServer>;
  spawn(keep: Keep): ChildProcess;
  /** Ends every process on every home, and removes all of their folders. */
  close(): Promise<void>;
}

export function createHomes(): Homes {
  const folders: string[] = [];
  const homes = new Set<string>();
  const sockets = new Set<string>();
  const ends: (() => unknown)[] = [];
  const noteSocket = ({ url }: { readonly url: string }) => {
    sockets.add(new URL(url).searchParams.get("host") ?? "");
  };
  return {
    folder() {
      const folder = mkdtempSync(join(tmpdir(), "turnout-homes-"));
      chmodSync(folder, 0o755);
      folders.push(folder);
      return folder;
    },
    async start(home) {
      homes.add(home);
      const server = await startPostgres({ folder: home });
      ends.push(() => server.stop());
      noteSocket(server);
      return server;
    },
    async keep(keep) {
      homes.add(keep.home);
      const server = await keepServer(keep);
      ends.push(() => server.keeper.kill("SIGKILL"));
      noteSocket(server);
      return server;
    },
    spawn(keep) {
      homes.add(keep.home);
      const keeper = spawnKeeper(keep);
      ends.push(() => keeper.kill("SIGKILL"));
      return keeper;
    },
    async close() {
      for (const end of ends.splice(0)) await end();
      for (const home of homes) {
        for (const pid of workersOn(home)) kill(pid);
        await until(`nothing works on ${home}`, () => workersOn(home).length === 0);
        const place = dirname(dataOf(home));
        rmSync(place, { recursive: true, force: true });
      }
      for (const folder of [...folders, ...sockets]) rmSync(folder, { recursive: true, force: true });
    },
  };
}
