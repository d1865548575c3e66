import { startPostgres } from "../../postgres/postgres.ts";

/** A process that keeps a server on the folder of its first argument; its first line names it. Ends with its stdin. */
const server = await startPostgres({ folder: process.argv[2] ?? "" });
console.log(JSON.stringify({ url: server.url, pid: server.pid }));
process.stdin.resume().once("end", () => {
  void server.stop().then(() => process.exit());
});
