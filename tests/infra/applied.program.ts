import { ECSClient, UpdateServiceCommand } from "@aws-sdk/client-ecs";
import { expect } from "chai";
import type { Release } from "../../infra/release.ts";
import { around } from "./around.ts";
import { type Configuration, type Engine, plain, signal, stack, startEngine } from "./engine.ts";
import { changes } from "./nextRelease.ts";
import { done, outputsOf, serve } from "./results.ts";
import { moveOn, using, world } from "./world.ts";

/** The stack has no spot, so its releases have but one capacity. */
const withoutSpot: Configuration = { ...changes, "turnout:capacity": "FARGATE" };

describe("the program on a new stack", function () {
  this.timeout(180_000);
  let engine: Engine;
  before(async () => {
    engine = await startEngine();
  });
  after(() => engine.close());

  it("starts both colours at zero while the registry has no image", async () => {
    const outputs = outputsOf(await engine.up(plain));
    expect(outputs.record).to.deep.equal({ blue: null, green: null, recent: [] });
    const { blue, green } = await world(engine, outputs);
    expect([blue.desiredCount, green.desiredCount]).to.deep.equal([0, 0]);
  });
});

describe("the program on a stack that serves", function () {
  this.timeout(300_000);
  let engine: Engine;
  let release: Release;
  /** How AWS has what the program leaves alone; nothing of it is as the program made it. */
  let moved: Awaited<ReturnType<typeof unowned>>;

  before(async () => {
    engine = await startEngine();
    release = await serve(engine);
  });
  after(() => engine.close());

  /** What runs, and all that is not Pulumi's. */
  const standing = async () => world(engine, await engine.stacks.outputs(stack, signal));

  /** Weights, counts and flags: all that is not Pulumi's once it stands. */
  async function unowned() {
    const { blue, green, production, test } = await world(engine, await engine.stacks.outputs(stack, signal));
    const of = ({ desiredCount, suspended }: typeof blue) => ({ desiredCount, suspended });
    return { blue: of(blue), green: of(green), production, test };
  }

  it("stands on blue after the registry's own update made no record", async () => {
    const outputs = await engine.stacks.outputs(stack, signal);
    expect(outputs.record.blue?.release.tag).to.equal("shop:1.0");
    expect(outputs.record.green).to.equal(null);
    const { blue, green } = await world(engine, outputs);
    expect([blue.desiredCount, green.desiredCount]).to.deep.equal([1, 0]);
  });

  describe("and whose weights, counts and suspended flags have all been moved since", () => {
    before(async () => {
      const created = await unowned();
      const { outputs } = await engine.stacks.place(stack, { colour: "green", release }, signal);
      await moveOn(engine, outputs);
      moved = await unowned();
      const { colours } = outputs;
      expect(moved.production).to.deep.equal({
        [colours.blue.targetGroup]: 30,
        [colours.green.targetGroup]: 70,
      });
      expect([moved.blue.desiredCount, moved.green.desiredCount]).to.deep.equal([2, 1]);
      for (const key of ["blue", "green", "production", "test"] as const)
        expect(moved[key]).to.not.deep.equal(created[key]);
    });

    // Whatever is done below.
    afterEach(async () => {
      expect(await unowned()).to.deep.equal(moved);
    });

    it("shows no drift, before and after a placement", async () => {
      expect(await engine.stacks.drift(stack, signal)).to.be.empty;
      await engine.stacks.place(stack, { colour: "green", release }, signal);
      expect(await engine.stacks.drift(stack, signal)).to.be.empty;
    });

    it("places a release by writing to the one colour only, and an equal one by writing nothing", async () => {
      const before = await engine.stacks.outputs(stack, signal);
      const placement = { colour: "green", release: { ...release, environment: { A: "1" } } } as const;
      engine.provider.forget();
      const { outputs } = await engine.stacks.place(stack, placement, signal);
      const { urns } = before.colours.green;
      expect(engine.provider.writes.length).to.be.above(0);
      for (const { urn } of engine.provider.writes) expect([...urns.release, urns.service]).to.include(urn);
      expect(outputs.record.green?.release).to.deep.equal(placement.release);
      expect(outputs.record.blue).to.deep.equal(before.record.blue);
      expect(outputs).to.deep.equal(await engine.stacks.outputs(stack, signal));
      const placed = await world(engine, outputs);
      expect(placed.green.taskDefinition).to.equal(outputs.record.green?.taskDefinition);

      engine.provider.forget();
      await engine.stacks.place(stack, placement, signal);
      expect(engine.provider.writes).to.be.empty;
    });

    it("registers a release without touching the service, places the same one in place, and puts back what was there", async () => {
      const { green: spec } = (await engine.stacks.outputs(stack, signal)).record;
      if (!spec) throw new Error("green has no release");
      const next = { ...release, environment: { IN: "place" } };
      const placement = { colour: "green", release: next, inPlace: true } as const;
      const kinds = () => [
        ...new Set(
          engine.provider.writes.map(({ urn }) => urn.split("::").slice(-2).join("::").split("$").at(-1)),
        ),
      ];

      engine.provider.forget();
      const registered = await engine.stacks.register(stack, placement, signal);
      expect(kinds()).to.deep.equal(["aws:ecs/taskDefinition:TaskDefinition::green"]);
      expect(registered.outputs.record.green).to.deep.equal(spec);
      expect((await world(engine, registered.outputs)).green.taskDefinition).to.equal(spec.taskDefinition);
      expect(await engine.stacks.drift(stack, signal)).to.be.empty;

      engine.provider.forget();
      const { outputs } = await engine.stacks.place(stack, placement, signal);
      expect(kinds()).to.deep.equal(["aws:ecs/service:Service::green"]);
      const { green: placed } = outputs.record;
      expect(placed).to.deep.include({
        release: next,
        taskDefinition: registered.outputs.colours.green.registered,
      });
      const { release: former, taskDefinition } = spec;
      expect(placed?.replaced).to.deep.equal({ release: former, taskDefinition });
      // As a process does that takes the run up.
      const again = await engine.stacks.place(stack, placement, signal);
      expect(again.outputs.record.green).to.deep.equal(placed);
      expect(await engine.stacks.drift(stack, signal)).to.be.empty;

      // ECS is there already, as after an undo: nothing is left to write.
      await using(engine, ECSClient, (ecs) =>
        ecs.send(
          new UpdateServiceCommand({
            cluster: outputs.cluster,
            service: outputs.colours.green.service,
            taskDefinition,
          }),
        ),
      );
      engine.provider.forget();
      const back = await engine.stacks.place(stack, { colour: "green", spec }, signal);
      expect(kinds()).to.deep.equal([]);
      expect(back.outputs.record.green).to.deep.equal(spec);
      expect((await world(engine, back.outputs)).green.taskDefinition).to.equal(taskDefinition);
      expect(await engine.stacks.drift(stack, signal)).to.be.empty;
      engine.provider.forget();
      await engine.stacks.place(stack, { colour: "green", spec }, signal);
      expect(engine.provider.writes).to.be.empty;
    });

    it("changes no colour when the next release's keys are applied, and gives them to the next release", async () => {
      const before = await world(engine, await engine.stacks.outputs(stack, signal));
      engine.provider.forget();
      const outputs = outputsOf(await engine.up({ ...plain, ...withoutSpot }));
      expect(engine.provider.writes).to.be.empty;
      expect(await world(engine, outputs)).to.deep.equal(before);
      expect(outputs.next).to.include({ port: 9090, healthPath: "/other", stopTimeout: 20 });
      outputsOf(await engine.up(plain));
    });

    for (const ending of [
      "aws:iam/rolePolicy:RolePolicy::execution-green",
      "aws:lb/targetGroup:TargetGroup::green",
      "aws:ecs/taskDefinition:TaskDefinition::green",
      "aws:ecs/service:Service::green",
    ])
      it(`keeps everything when a placement fails at ${ending}, also after a plain up`, async () => {
        const before = await engine.stacks.outputs(stack, signal);
        const was = await world(engine, before);
        const other: Release = {
          ...release,
          healthPath: "/failing",
          environment: { FAILS_AT: ending },
          secrets: { TOKEN: `arn:aws:ssm:eu-central-1:123456789012:parameter/${ending.length}` },
        };
        engine.provider.refuse(ending);
        const failure = await engine.stacks.place(stack, { colour: "green", release: other }, signal).then(
          () => undefined,
          (error: unknown) => error as Error & { code: string; resource?: string },
        );
        engine.provider.refuse(undefined);
        expect(failure).to.include({ name: "UpdateFailed", code: "update-failed" });
        expect(failure?.resource).to.match(new RegExp(`${ending.replaceAll(/[/:]/g, ".")}$`));
        expect(failure?.message).to.include("InvalidParameterException");
        expect((await engine.stacks.outputs(stack, signal)).record).to.deep.equal(before.record);

        const after = outputsOf(await engine.up(plain));
        expect(after.record).to.deep.equal(before.record);
        expect(await world(engine, after)).to.deep.equal(was);
        expect(await engine.stacks.drift(stack, signal)).to.be.empty;
      });

    it("applies no pending infrastructure change with a placement, and reports none that was applied", async () => {
      const slower = { ...plain, "turnout:idleTimeout": 90 };
      const pending = done(await engine.preview(slower)).steps.filter(({ op }) => op === "update");
      expect(pending.map(({ urn }) => urn.split("::").at(-1))).to.deep.equal(["load-balancer"]);
      engine.provider.forget();
      await engine.stacks.place(stack, { colour: "green", release: { ...release, port: 8081 } }, signal);
      expect(engine.provider.writes.filter(({ urn }) => urn.includes("loadBalancer"))).to.be.empty;

      // A person applies it: the next placement takes the new configuration without being told.
      outputsOf(await engine.up(slower));
      await engine.stacks.place(stack, { colour: "green", release }, signal);
      expect(await engine.stacks.pending(stack, signal)).to.be.empty;
    });

    it("notices a task definition that someone else put on a service", async () => {
      const outputs = await engine.stacks.outputs(stack, signal);
      const wrong = outputs.record.blue;
      const service = outputs.colours.green.service;
      const put = (taskDefinition: string | undefined) =>
        using(engine, ECSClient, (ecs) =>
          ecs.send(new UpdateServiceCommand({ cluster: outputs.cluster, service, taskDefinition })),
        );
      await put(wrong?.taskDefinition);
      const drift = await engine.stacks.drift(stack, signal);
      expect(drift.map(({ op, urn }) => `${op} ${urn.split("$").at(-1)}`)).to.deep.equal([
        "update aws:ecs/service:Service::green",
      ]);
      await put(outputs.record.green?.taskDefinition);
      expect(await engine.stacks.drift(stack, signal)).to.be.empty;
    });

    for (const knows of ["what it wrote", "what AWS has, after a refresh"])
      it(`writes to target groups and scalable targets around them, and to no service, while Pulumi knows ${knows}`, async () => {
        const was = await standing();
        const written = new Set<string>();
        for (const configuration of [{ ...plain, ...around }, plain]) {
          if (knows !== "what it wrote") await engine.refresh();
          engine.provider.forget();
          outputsOf(await engine.up(configuration));
          for (const { op, urn } of engine.provider.writes)
            written.add(`${op} ${urn.split(/[:$]/).slice(-3).join(":")}`);
          expect(await standing()).to.deep.equal(was);
        }
        for (const type of ["TargetGroup", "Target"])
          expect([...written]).to.include.members([`update ${type}::blue`, `update ${type}::green`]);
        expect([...written].filter((write) => write.includes(" Service::"))).to.be.empty;
      });
  });
});
