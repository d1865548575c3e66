import { spawn } from "node:child_process";
import { accessSync, constants, existsSync, rmSync } from "node:fs";
import { chmod, mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { createServer, type Server } from "node:http";
import { tmpdir } from "node:os";
import { delimiter, dirname, join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { fillIn, type Front, type FrontOptions, type Listener } from "./front.ts";

/** Path of the first nginx on PATH, or undefined. */
export function findNginx(path: string): string | undefined {
  return path
    .split(delimiter)
    .map((folder) => join(folder, "nginx"))
    .find((file) => {
      try {
        accessSync(file, constants.X_OK);
        return true;
      } catch {
        return false;
      }
    });
}

/**
 * Starts nginx in the foreground before the shop, which answers on a unix socket. Everything that nginx writes lies in a
 * folder of its own, so that it needs no root. Throws NginxError when nginx says why it does not start.
 */
export async function startNginx(nginx: string, options: FrontOptions): Promise<Front> {
  const folder = await mkdtemp(join(shortFolder(), "shop-"));
  const file = join(folder, "nginx.conf");
  await writeFile(file, fillIn(await readFile(options.file, "utf8"), options, folder));
  const shop = await listenOnSocket(join(folder, "shop.sock"), options.listener);

  // Until it has read its configuration nginx logs to -e, and says `nginx: [emerg] …` on stderr as well.
  const child = spawn(nginx, ["-c", file, "-p", folder, "-e", join(folder, "error.log")], {
    stdio: ["ignore", "inherit", "pipe"],
  });
  let lastLine = "";
  child.stderr.setEncoding("utf8").on("data", (text: string) => {
    process.stderr.write(text);
    lastLine = text.trimEnd().split("\n").at(-1) ?? lastLine;
  });
  const died = new Promise<string>((resolve) => {
    child.once("error", (error) => resolve(`${nginx} did not start: ${error.message}`));
    child.once("close", (code, signal) => resolve(lastLine || `nginx ended with ${signal ?? code}`));
  });
  // nginx's workers outlive a master that gets SIGKILL; on SIGTERM it takes them along.
  const endWithShop = () => {
    child.kill("SIGTERM");
    rmSync(folder, { recursive: true, force: true });
  };
  process.once("exit", endWithShop);

  const clean = async () => {
    process.off("exit", endWithShop);
    shop.close();
    shop.closeAllConnections();
    await rm(folder, { recursive: true, force: true });
  };
  const failure = await Promise.race([died, untilListening(join(folder, "nginx.pid"))]);
  if (failure !== undefined) {
    child.kill("SIGTERM");
    await clean();
    throw lastLine === failure ? new NginxError(failure) : new Error(failure);
  }
  return {
    name: "nginx",
    died,
    close: async () => {
      child.kill("SIGQUIT");
      await died;
      await clean();
    },
    kill: () => child.kill("SIGTERM"),
  };
}

/** nginx ended at its start; the message is its last line, which stands in the log already. */
export class NginxError extends Error {
  constructor(lastLine: string) {
    super(lastLine);
    this.name = "NginxError";
  }
}

/** A unix socket's path has at most 107 bytes. */
function shortFolder(): string {
  return tmpdir().length > 60 ? "/tmp" : tmpdir();
}

async function listenOnSocket(path: string, listener: Listener): Promise<Server> {
  const server = createServer((request, response) => listener.request(request, response));
  server.on("upgrade", (request, socket, head) => listener.upgrade(request, socket, head));
  // nginx keeps idle upstream connections for 60 s.
  server.keepAliveTimeout = 75_000;
  await new Promise<void>((resolve, reject) => {
    server.once("error", reject);
    server.listen(path, resolve);
  });
  // As root nginx gives its workers to another user, who must get at the socket.
  if (process.getuid?.() === 0) {
    await chmod(dirname(path), 0o711);
    await chmod(path, 0o666);
  }
  return server;
}

/** nginx writes its pid once it has read its configuration and bound its port: a connect could reach somebody else's. */
async function untilListening(pidFile: string): Promise<string | undefined> {
  const deadline = Date.now() + 10_000;
  while (Date.now() < deadline) {
    if (existsSync(pidFile)) return undefined;
    await sleep(10);
  }
  return "nginx did not listen within 10 s";
}
