import { startEmbedded } from "./spike.mjs";
export async function startPostgres({ folder }) {
  const p = await startEmbedded(folder.replace(/.*turnout-runs-/, "/tmp/svcpg-").replace("/postgres", ""));
  return { url: p.url, pid: p.pid, stop: async () => process.kill(p.pid, "SIGINT") };
}
