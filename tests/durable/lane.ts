import pg from "pg";
import { listenForChanges } from "../../service/adapters/runs/changes.ts";
import { createRows } from "../../service/adapters/runs/rows.ts";
import type { DeploymentRequest } from "../../service/deployments/deploy.ts";
import type { Deployment } from "../../service/deployments/deployment.ts";
import type { UndoRequest } from "../../service/deployments/undo.ts";
import type { Message, NewRun, RunQuery } from "../../service/ports/runs.ts";
import { durableStack, type DurableStack } from "./stacks.ts";
import { startWorker, type WorkerProcess } from "./workers.ts";

/** One database and the instances of the service that work on it; one that is killed is replaced. */
export interface Lane {
  readonly pool: pg.Pool;
  /** A new world under this name. */
  stack(name: string): DurableStack;
  /** By way of an instance that is alive, another one than `not`; `key` is the request's Idempotency-Key. */
  deploy(
    stack: string,
    request: Omit<DeploymentRequest, "stack"> & { readonly key?: string },
    not?: string,
  ): Promise<Deployment>;
  undo(stack: string, request?: Omit<UndoRequest, "stack">, not?: string): Promise<Deployment>;
  /** Puts the idle colour to rest, or warms it. */
  rest(stack: string): Promise<Deployment>;
  warm(stack: string): Promise<Deployment>;
  start(run: NewRun, not?: string): Promise<Deployment>;
  send(stack: string, id: string, message: Message, not?: string): Promise<void>;
  list(query: RunQuery): Promise<readonly Deployment[]>;
  get(id: string): Promise<Deployment | undefined>;
  /** Waits until the run has ended, or the signal is aborted. */
  ended(id: string, until?: AbortSignal): Promise<Deployment>;
  /** Kills an instance when another one is there; answers when, in `performance.now()`. */
  kill(worker: string): Promise<number>;
  readonly workers: readonly WorkerProcess[];
  close(): Promise<void>;
}

/** Milliseconds after which a run that has not ended has failed the test. */
const patience = 30_000;

export async function openLane(options: {
  readonly name: string;
  readonly url: string;
  readonly instances?: number;
  /** Instances may end because another one took up their runs; otherwise that fails the test. */
  readonly expectLosses?: boolean;
  /** Of the first instance, and of those that come after it. */
  readonly plans?: readonly [first?: string, later?: string];
}): Promise<Lane> {
  const { name, url, instances = 2, plans = [], expectLosses = false } = options;
  const pool = new pg.Pool({ connectionString: url, max: 4 });
  pool.on("error", () => {}); // the server may end before the pool's last connection
  const rows = createRows(pool);
  const changes = await listenForChanges({ url, executor: "test" });
  const stacks = new Map<string, DurableStack>();
  let workers: WorkerProcess[] = [];
  let started = 0;
  let turn = 0;
  const failed = new AbortController();

  const add = () => {
    const planModule = plans[Math.min(started, 1)];
    started += 1;
    const worker = startWorker({
      ...{
        name: `${name}-${started}`,
        url,
        stacks,
        expectLosses,
        unexpected: (why) => failed.abort(new Error(why)),
      },
      ...(planModule ? { planModule } : {}),
    });
    workers.push(worker);
    return worker;
  };
  for (let i = 0; i < instances; i += 1) add();
  await Promise.all(workers.map(({ ready }) => ready));

  /** Any instance that takes requests, each in turn. */
  const anyone = async (not?: string): Promise<WorkerProcess> => {
    const others = workers.filter((worker) => worker.name !== not);
    await Promise.any(others.map(({ ready }) => ready));
    turn += 1;
    return others[turn % others.length] as WorkerProcess;
  };

  const lane: Lane = {
    pool,
    stack: (stack) => {
      const made = durableStack(stack);
      stacks.set(stack, made);
      return made;
    },
    deploy: async (stack, { key, ...request }, not) =>
      (await (await anyone(not)).request("deploy", stack, { stack, ...request }, key)) as Deployment,
    undo: async (stack, request, not) =>
      (await (await anyone(not)).request("undo", stack, { stack, ...request })) as Deployment,
    rest: async (stack) => (await (await anyone()).request("rest", stack)) as Deployment,
    warm: async (stack) => (await (await anyone()).request("warm", stack)) as Deployment,
    start: async (run, not) =>
      (await (await anyone(not)).request("start", run.view.stack, run)) as Deployment,
    send: async (stack, id, message, not) =>
      void (await (await anyone(not)).request("send", stack, id, message)),
    list: (query) => rows.list(query),
    get: (id) => rows.get(id),
    ended: async (id, until) => {
      const signal = AbortSignal.any([
        AbortSignal.timeout(patience),
        failed.signal,
        ...(until ? [until] : []),
      ]);
      for (;;) {
        const news = changes.wait(id, signal);
        const view = await rows.get(id);
        if (view?.finishedAt) return view;
        failed.signal.throwIfAborted();
        until?.throwIfAborted();
        if (signal.aborted) throw new Error(`${id} did not end: ${JSON.stringify(view)}`);
        await news;
      }
    },
    kill: async (victim) => {
      const worker = workers.find((one) => one.name === victim);
      if (!worker) throw new Error(`${victim} is dead already`);
      await Promise.all(workers.map(({ ready }) => ready));
      workers = workers.filter((one) => one !== worker);
      const at = performance.now();
      await worker.kill();
      add();
      return at;
    },
    get workers() {
      return workers;
    },
    close: async () => {
      await Promise.all(workers.map((worker) => worker.kill()));
      await changes.close();
      await pool.end();
    },
  };
  return lane;
}
