import { isDeepStrictEqual } from "node:util";
import type { Outputs } from "../../../infra/outputs.ts";
import { colours, type Colour, type Release, type Revision, type Spec } from "../../../infra/release.ts";
import { UnknownImage, UnknownStack } from "../../../service/errors/refusals.ts";
import type { Clock } from "../../../service/ports/clock.ts";
import type { Cloud, Ground } from "../../../service/ports/ground.ts";
import type { Answer } from "../../../service/ports/questions.ts";
import type { Suspended, Task } from "../../../service/ports/tasks.ts";
import type { Weights } from "../../../service/ports/traffic.ts";
import { fakeClock } from "./fakeClock.ts";
import { outputs, release, spec } from "./fakeStack.ts";

/** One colour of the fake. A test changes it as it likes, in mid-run too. */
export interface FakeColour {
  desired: number;
  taskDefinition: string;
  release: Release | null;
  suspended: Suspended;
  min: number;
  max: number;
  tasks: Task[];
}

/** How releases behave that are not good. */
export interface Behaviour {
  /** Tasks exit with this code and these lines as soon as they start. */
  readonly exits?: { readonly code: number; readonly log: readonly string[] };
  /** Targets stay in this state. */
  readonly health?: string;
  /** Milliseconds for which the targets of a new task are `initial`. */
  readonly healthyAfter?: number;
  answer?(listener: "test" | "production", path: string): Partial<Answer>;
  /** `takes` milliseconds until it has ended; default none. */
  readonly migration?: { readonly code: number; readonly log: readonly string[]; readonly takes?: number };
}

/** A stack `prod` in memory, behind the service's ports. */
export interface World extends Ground {
  outputs: Outputs;
  weights: Weights;
  sticky: number | null;
  test: Colour | null;
  readonly colours: Record<Colour, FakeColour>;
  /** Every write, in order: `shift blue 0 green 100`, `scale green 3`. */
  readonly writes: string[];
  /** By version: `1.2`. */
  readonly behaviour: Map<string, Behaviour>;
  /** Called before each write, with the words that `writes` then gets. */
  onWrite: (write: string) => void | Promise<void>;
  readonly images: Set<string>;
  /** What stacks.recent answers. */
  recent: Outputs | undefined;
  /** Images that the registry's clean-up spares. */
  readonly kept: Set<string>;
  /** Task definitions that ECS has active. */
  readonly active: Set<string>;
  /** How often the stack's outputs were read. */
  reads: number;
  readonly clock: Clock & { readonly elapsed: () => number };
}

export function fakeWorld(): World {
  let revision = 1;
  let started = 0;
  /** By ARN: all that was ever registered. */
  const revisions = new Map<string, Release>();
  /** Services whose tasks are being replaced. */
  const rolls = new Set<Colour>();
  /** What Pulumi registered last for a colour. */
  const last: Partial<Record<Colour, Revision>> = {};
  const migrations = new Map<string, Release>();
  /** By ARN, milliseconds on the world's clock. */
  const startedAt = new Map<string, number>();
  const world: World = {
    outputs: outputs(),
    weights: { blue: 100, green: 0 },
    sticky: null,
    test: "blue",
    colours: { blue: colour("blue", 3, release("1.0")), green: colour("green", 0, null) },
    writes: [],
    behaviour: new Map(),
    onWrite: () => {},
    images: new Set(["1.0", "1.1", "1.2"]),
    recent: undefined,
    active: new Set(),
    kept: new Set(),
    reads: 0,
    clock: fakeClock(),
    stacks: {
      outputs: (stack) => {
        world.reads += 1;
        return stack === "prod" ? Promise.resolve(world.outputs) : Promise.reject(new UnknownStack(stack));
      },
      recent: () => world.recent,
      taskDefinitions: () =>
        Promise.resolve(
          colours.map((name) => last[name]?.taskDefinition ?? world.outputs.colours[name].registered),
        ),
      place: async (_stack, placement) => {
        const { colour: name } = placement;
        const before = world.outputs.record[name];
        if ("spec" in placement) {
          const isThere = world.colours[name].taskDefinition === placement.spec.taskDefinition;
          // As the port says: placing what already stands there changes nothing.
          if (isDeepStrictEqual(before, placement.spec) && isThere)
            return { outputs: world.outputs, ms: 400 };
          await write(`place ${placement.spec.release.tag} again on ${name}`);
          record(name, placement.spec);
          take(name, placement.spec);
          return { outputs: world.outputs, ms: 400 };
        }
        if (isDeepStrictEqual(before?.release, placement.release)) return { outputs: world.outputs, ms: 400 };
        await write(`place ${placement.release.tag} on ${name}`);
        const placed = registered(name, placement.release);
        const replaced = placement.inPlace && before ? { replaced: revisionOf(before) } : {};
        record(name, { ...placed, ...replaced });
        take(name, placed);
        return { outputs: world.outputs, ms: 400 };
      },
      register: async (_stack, placement) => {
        if ("spec" in placement) throw new Error("only a release can be registered");
        const { colour: name, release: given } = placement;
        if (!isDeepStrictEqual(last[name]?.release, given)) await write(`register ${given.tag} for ${name}`);
        registered(name, given);
        return { outputs: world.outputs, ms: 300 };
      },
    },
    cloud: () => cloud,
  };
  for (const name of colours) {
    const { taskDefinition } = world.colours[name];
    revisions.set(taskDefinition, release("1.0"));
  }
  last.blue = spec("blue", release("1.0"));
  for (let i = 0; i < 3; i += 1) startTask("blue");

  /** A revision for the release, unless it is the one that was registered last. */
  function registered(name: Colour, given: Release): Revision {
    const known = last[name];
    if (known && isDeepStrictEqual(known.release, given)) return known;
    revision += 1;
    const made = spec(name, given, revision);
    last[name] = made;
    revisions.set(made.taskDefinition, given);
    world.active.add(made.taskDefinition);
    const { colours } = world.outputs;
    const own = { ...colours[name], registered: made.taskDefinition };
    world.outputs = { ...world.outputs, colours: { ...colours, [name]: own } };
    return made;
  }

  function record(name: Colour, stands: Spec): void {
    world.outputs = { ...world.outputs, record: { ...world.outputs.record, [name]: stands } };
  }

  /** The service starts this from now on; what runs there stays until as much of it is healthy. */
  function take(name: Colour, placed: Revision): void {
    const side = world.colours[name];
    if (running(name).length > 0) rolls.add(name);
    Object.assign(side, { taskDefinition: placed.taskDefinition, release: placed.release });
    const own = running(name).filter(({ taskDefinition }) => taskDefinition === placed.taskDefinition);
    const missing = rolls.has(name) ? side.desired - own.length : 0;
    for (let i = 0; i < (of(placed.release).exits ? Math.min(1, missing) : missing); i += 1) startTask(name);
  }

  /** Ends the tasks of other revisions, once as many of the service's own are healthy. */
  function settle(name: Colour): void {
    if (!rolls.has(name)) return;
    const side = world.colours[name];
    const isOwn = (task: Task) => task.taskDefinition === side.taskDefinition;
    const sound = running(name).filter((task) => isOwn(task) && stateOf(task) === "healthy");
    if (sound.length < Math.max(1, side.desired)) return;
    side.tasks = side.tasks.filter((task) => isOwn(task) || task.end);
    rolls.delete(name);
  }

  async function write(words: string): Promise<void> {
    await world.onWrite(words);
    world.writes.push(words);
  }

  function of(placed: Release | null): Behaviour {
    return world.behaviour.get(placed?.tag.split(":")[1] ?? "") ?? {};
  }

  function startTask(name: Colour): void {
    started += 1;
    const side = world.colours[name];
    const { exits } = of(side.release);
    const task: Task = {
      arn: `arn:task/${started}`,
      taskDefinition: side.taskDefinition,
      status: exits ? "STOPPED" : "RUNNING",
      address: `127.0.1.${started}`,
      ...(exits
        ? {
            end: {
              code: "EssentialContainerExited",
              reason: "Essential container in task exited",
              exitCode: exits.code,
            },
          }
        : {}),
    };
    side.tasks.push(task);
    startedAt.set(task.arn, world.clock.elapsed());
  }

  function age(arn: string): number {
    return world.clock.elapsed() - (startedAt.get(arn) ?? 0);
  }

  function stateOf(task: Task): string {
    const { health = "healthy", healthyAfter = 0 } = of(revisions.get(task.taskDefinition) ?? null);
    return age(task.arn) < healthyAfter ? "initial" : health;
  }

  function running(name: Colour): readonly Task[] {
    return world.colours[name].tasks.filter(({ end }) => !end);
  }

  /** Which release answers on a listener. */
  function serving(listener: "test" | "production"): Release | null {
    const name =
      listener === "test" ? world.test : world.weights.green > world.weights.blue ? "green" : "blue";
    if (!name) return null;
    settle(name);
    const [first] = running(name);
    return first ? (revisions.get(first.taskDefinition) ?? null) : null;
  }

  const rules = () => ({ production: world.weights, sticky: world.sticky, test: world.test });
  const cloud: Cloud = {
    traffic: {
      rules: () => Promise.resolve(rules()),
      shift: async (to) => {
        await write(
          `shift blue ${to.weights.blue} green ${to.weights.green}${to.sticky ? ` sticky ${to.sticky}` : ""}`,
        );
        Object.assign(world, to);
        return rules();
      },
      pointTest: async (to) => {
        await write(`point test at ${to}`);
        world.test = to;
        return rules();
      },
      health: (name) => {
        settle(name);
        const targets = running(name).map((task) => ({
          ...{ address: task.address ?? "", port: 8080 },
          state: stateOf(task),
        }));
        return Promise.resolve(targets);
      },
    },
    tasks: {
      service: (name) => {
        const side = world.colours[name];
        settle(name);
        const former = running(name).find((task) => task.taskDefinition !== side.taskDefinition);
        return Promise.resolve({
          desired: side.desired,
          running: running(name).length,
          pending: 0,
          taskDefinition: side.taskDefinition,
          deployments: [
            { id: "ecs-svc/1", status: "PRIMARY", taskDefinition: side.taskDefinition },
            ...(former ? [{ id: "ecs-svc/0", status: "ACTIVE", taskDefinition: former.taskDefinition }] : []),
          ],
          capacity: { min: side.min, max: side.max },
          suspended: side.suspended,
          events: [],
        });
      },
      list: (name) => {
        settle(name);
        return Promise.resolve([...world.colours[name].tasks]);
      },
      scale: async (name, count) => {
        await write(`scale ${name} ${count}`);
        const side = world.colours[name];
        side.desired = count;
        if (count === 0) side.tasks = side.tasks.filter(({ end }) => end);
        while (running(name).length < count && !of(side.release).exits) startTask(name);
        if (count > 0 && of(side.release).exits) startTask(name);
      },
      suspend: async (name, flags) => {
        const on = Object.entries(flags)
          .filter(([, value]) => value === true)
          .map(([key]) => key);
        await write(`suspend ${name} ${on.join(" ") || "nothing"}`);
        world.colours[name].suspended = flags;
      },
      replace: async (name, taskDefinition) => {
        const found = revisions.get(taskDefinition);
        if (!found) throw new Error(`no such task definition: ${taskDefinition}`);
        await write(`replace ${name} by ${found.tag}`);
        take(name, { release: found, taskDefinition });
      },
    },
    revisions: {
      active: (name) => Promise.resolve([...world.active].filter((arn) => arn.includes(`shop-${name}:`))),
      deregister: async (arn) => {
        await write(`deregister ${arn.slice(arn.lastIndexOf("/") + 1)}`);
        world.active.delete(arn);
      },
    },
    oneOffs: {
      run: async (order) => {
        const placed = revisions.get(order.taskDefinition) as Release;
        // As the port says: the same token is the same task.
        if (migrations.has(`arn:task/${order.token}`)) return `arn:task/${order.token}`;
        await write(`run ${order.command.join(" ")} of ${placed.tag}`);
        migrations.set(`arn:task/${order.token}`, placed);
        startedAt.set(`arn:task/${order.token}`, world.clock.elapsed());
        return `arn:task/${order.token}`;
      },
      find: ({ token }) => Promise.resolve(migrations.has(`arn:task/${token}`) ? `arn:task/${token}` : null),
      look: (arn) => {
        const { code, takes = 0 } = of(migrations.get(arn) ?? null).migration ?? { code: 0 };
        if (age(arn) < takes) return Promise.resolve({ arn, taskDefinition: "", status: "RUNNING" });
        const end = {
          code: "EssentialContainerExited",
          reason: "Essential container in task exited",
          exitCode: code,
        };
        return Promise.resolve({ arn, taskDefinition: "", status: "STOPPED", end });
      },
    },
    logs: {
      tail: ({ colour: name, task }) => {
        if (migrations.has(task))
          return Promise.resolve(of(migrations.get(task) ?? null).migration?.log ?? []);
        const { exits } = of(world.colours[name].release);
        return Promise.resolve(exits?.log ?? []);
      },
    },
    images: {
      kept: () => Promise.resolve([...world.kept]),
      keep: async (image) => {
        await write(`keep ${image.slice(image.indexOf("@"), image.indexOf("@") + 14)}`);
        world.kept.add(image);
      },
      forget: async (image) => {
        await write(`forget ${image.slice(image.indexOf("@"), image.indexOf("@") + 14)}`);
        world.kept.delete(image);
      },
      resolve: (name) => {
        const version = name.split(":")[1] ?? "";
        if (world.images.has(version)) {
          const { tag, image } = release(version);
          return Promise.resolve({ tag, image });
        }
        const why = "there is no such tag";
        return Promise.reject(new UnknownImage({ image: name, repository: world.outputs.repository, why }));
      },
    },
    questions: {
      ask: (listener, question) => {
        const placed = serving(listener);
        if (!placed) return Promise.resolve({ status: 503, headers: {}, body: "no release", ms: 1 });
        const headers = { "x-release": placed.tag.split(":")[1] ?? "" };
        return Promise.resolve({
          status: 200,
          headers,
          body: "ok",
          ms: 5,
          ...of(placed).answer?.(listener, question.path),
        });
      },
    },
  };
  return world;
}

function colour(name: Colour, desired: number, placed: Release | null): FakeColour {
  const resting = desired === 0;
  return {
    desired,
    taskDefinition: spec(name, release("1.0")).taskDefinition,
    release: placed,
    suspended: { in: resting, out: resting, scheduled: resting },
    min: 2,
    max: 10,
    tasks: [],
  };
}

function revisionOf({ release: placed, taskDefinition }: Spec): Revision {
  return { release: placed, taskDefinition };
}
