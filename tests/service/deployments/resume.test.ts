import { expect } from "chai";
import { once } from "node:events";
import { conduct } from "../../../service/deployments/conduct.ts";
import { deploy } from "../../../service/deployments/deploy.ts";
import type { Deployment } from "../../../service/deployments/deployment.ts";
import type { Journal, NewRun, Runs } from "../../../service/ports/runs.ts";
import { fakeWorld, type World } from "../fakes/fakeWorld.ts";

/** Where the process dies: before an act, after it but before its answer is recorded, or right after the recording. */
const moments = ["before the effect", "after the effect", "after the record"] as const;

interface Death {
  readonly step: string;
  readonly moment: (typeof moments)[number];
}

/** The process is gone: nothing that comes after this in the run is done. */
class Killed extends Error {}

/** Runs `shop:1.1` (or a bad release) with one death, then takes it up again; answers what is left. */
async function run(
  version: string,
  death?: Death,
): Promise<{ world: World; view: Deployment; deaths: number; names: string[] }> {
  const world = fakeWorld();
  world.behaviour.set("1.2", { answer: (listener) => (listener === "production" ? { status: 502 } : {}) });
  let order: NewRun | undefined;
  const runs: Runs = {
    start: (run) => Promise.resolve((order = run).view),
    byKey: () => Promise.resolve(undefined),
    epoch: () => Promise.resolve(""),
    send: () => Promise.reject(new Error("nobody is told anything here")),
    get: () => Promise.resolve(undefined),
    list: () => Promise.resolve([]),
  };
  await deploy(
    { ground: world, runs },
    { stack: "prod", image: `shop:${version}` },
    { signal: new AbortController().signal },
  );
  if (!order) throw new Error("no run was started");
  const recorded = new Map<string, unknown>();
  let view = order.view;
  let deaths = 0;
  const journal: Journal = {
    id: order.view.id,
    take: () => Promise.resolve(true),
    mayWrite: () => Promise.resolve(),
    exclusively: (act) => act(),
    knows: () => Promise.resolve(true),
    once: async <T>(name: string, act: () => Promise<T>): Promise<T> => {
      if (recorded.has(name)) return recorded.get(name) as T;
      const dies = (moment: Death["moment"]) => {
        if (deaths > 0 || death?.step !== name || death.moment !== moment) return;
        deaths += 1;
        throw new Killed();
      };
      dies("before the effect");
      const answer = await act();
      dies("after the effect");
      recorded.set(name, JSON.parse(JSON.stringify(answer ?? null)));
      dies("after the record");
      return answer;
    },
    report: (now) => Promise.resolve(void (view = now)),
    messages: async (wait) => {
      if (wait) await once(new EventTarget(), "never", { signal: wait.signal });
      return [];
    },
    close: () => Promise.resolve([]),
    passNoReturn: () => Promise.resolve([]),
    follow: () => Promise.resolve(),
    list: () => Promise.resolve([]),
  };
  const conducted = order;
  await conduct(conducted, journal, world).catch((error: unknown) => {
    if (!(error instanceof Killed)) throw error;
    return conduct(conducted, journal, world);
  });
  return { world, view, deaths, names: [...recorded.keys()] };
}

/** What a customer and a bill would notice. */
function endState({ world, view }: { world: World; view: Deployment }) {
  const { blue, green } = world.colours;
  const side = ({ desired, release, suspended }: typeof blue) => ({
    desired,
    release: release?.tag,
    suspended,
  });
  return {
    status: view.status,
    weights: world.weights,
    sticky: world.sticky,
    blue: side(blue),
    green: side(green),
    migrations: world.writes.filter((write) => write.startsWith("run")).length,
    error: view.error?.code,
  };
}

for (const [version, what] of [
  ["1.1", "a deployment that succeeds"],
  ["1.2", "a deployment that is taken back after the shift"],
] as const) {
  describe(`${what}, killed at any step`, () => {
    it("ends as it would have", async () => {
      const whole = await run(version);
      const expected = endState(whole);
      for (const step of whole.names) {
        for (const moment of moments) {
          const cut = await run(version, { step, moment });
          expect(cut.deaths, `${step}, ${moment}`).to.equal(1);
          expect(endState(cut), `${step}, ${moment}`).to.deep.equal(expected);
        }
      }
      expect(whole.names)
        .to.include("stage")
        .and.to.include(version === "1.1" ? "end" : "undo stage");
    });
  });
}
