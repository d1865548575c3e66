import { RegisterTaskDefinitionCommand } from "@aws-sdk/client-ecs";
import { expect } from "chai";
import { createClients } from "../../../../service/adapters/aws/clients.ts";
import { createAws } from "../../../../service/adapters/aws/cloud.ts";
import type { Outputs } from "../../../../infra/outputs.ts";
import type { Cloud } from "../../../../service/ports/ground.ts";
import { skip } from "../../../skip.ts";
import { refusal } from "../../fakes/refusal.ts";
import { startMoto } from "./moto.ts";
import { provision } from "./provision.ts";

const signal = new AbortController().signal;

describe("the ports over AWS, against an AWS that others wrote", function () {
  this.timeout(60_000);
  const former = { ...process.env };
  let moto: Awaited<ReturnType<typeof startMoto>>;
  let outputs: Outputs;
  let cloud: Cloud;

  before(async function () {
    moto = await startMoto();
    if (!moto) return skip(this, "moto_server is not installed (pip install 'moto[server]')");
    Object.assign(process.env, {
      AWS_ENDPOINT_URL: moto.endpoint,
      AWS_ACCESS_KEY_ID: "test",
      AWS_SECRET_ACCESS_KEY: "test",
    });
    outputs = await provision(moto.endpoint);
    cloud = createAws(() => Promise.resolve())(outputs);
  });
  after(() => {
    moto?.stop();
    for (const name of ["AWS_ENDPOINT_URL", "AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"]) {
      if (former[name] === undefined) delete process.env[name];
      else process.env[name] = former[name];
    }
  });

  it("read the rules, and write weights that are then read back", async () => {
    expect(await cloud.traffic.rules(signal)).to.deep.equal({
      production: { blue: 100, green: 0 },
      sticky: null,
      test: "blue",
    });
    const canary = await cloud.traffic.shift({ weights: { blue: 90, green: 10 }, sticky: 60 }, signal);
    expect(canary).to.deep.include({ production: { blue: 90, green: 10 }, sticky: 60, test: "blue" });
    const whole = await cloud.traffic.shift({ weights: { blue: 0, green: 100 }, sticky: null }, signal);
    expect(whole).to.deep.include({ production: { blue: 0, green: 100 }, sticky: null });
  });

  it("point the test listener at one colour", async () => {
    expect((await cloud.traffic.pointTest("green", signal)).test).to.equal("green");
    expect((await cloud.traffic.pointTest("blue", signal)).test).to.equal("blue");
  });

  it("read no targets where none are registered", async () => {
    expect(await cloud.traffic.health("green", signal)).to.deep.equal([]);
  });

  it("read a colour's service with what its scalable target allows, and scale it", async () => {
    const before = await cloud.tasks.service("green", signal);
    expect(before).to.deep.include({ desired: 0, running: 0, capacity: { min: 1, max: 10 } });
    expect(before.taskDefinition).to.match(/task-definition\/shop-green:1$/);
    expect(before.deployments).to.have.length(1);
    await cloud.tasks.scale("green", 2, signal);
    expect((await cloud.tasks.service("green", signal)).desired).to.equal(2);
    await cloud.tasks.scale("green", 0, signal);
  });

  it("suspend scaling and leave min and max alone", async () => {
    await cloud.tasks.suspend("blue", { in: true, out: false, scheduled: true }, signal);
    const { suspended, capacity } = await cloud.tasks.service("blue", signal);
    expect(suspended).to.deep.equal({ in: true, out: false, scheduled: true });
    expect(capacity).to.deep.equal({ min: 1, max: 10 });
  });

  it("start a one-off task once, however often the same run asks", async () => {
    const { taskDefinition } = await cloud.tasks.service("green", signal);
    const order = {
      colour: "green",
      taskDefinition,
      command: ["node", "migrate.mjs"],
      startedBy: "0f0e2d4c-6a3a-4b0a-9d54-0f5b6f1f6f11",
      token: "0f0e2d4c-6a3a-4b0a-9d54-0f5b6f1f6f11-migrate",
    } as const;
    const first = await cloud.oneOffs.run(order, signal);
    expect(await cloud.oneOffs.run(order, signal)).to.equal(first);
    const seen = await cloud.oneOffs.look(first, signal);
    expect(seen).to.include({ arn: first, taskDefinition });
    expect(await cloud.logs.tail({ colour: "green", task: first }, signal)).to.deep.equal([]);
  });

  it("list the active revisions of a colour's own family, and deregister one", async () => {
    const { ecs } = createClients(outputs.region, () => Promise.resolve());
    const register = async (family: string) => {
      const containerDefinitions = [{ name: "shop", image: "shop:1.0", memory: 128 }];
      const made = await ecs.send(new RegisterTaskDefinitionCommand({ family, containerDefinitions }));
      return made.taskDefinition?.taskDefinitionArn ?? "";
    };
    const before = await cloud.revisions.active("green", signal);
    expect(before).to.include((await cloud.tasks.service("green", signal)).taskDefinition);
    const unused = await register(outputs.colours.green.taskDefinitionFamily);
    // AWS filters by prefix, and this family begins with the other one's name.
    await register(`${outputs.colours.green.taskDefinitionFamily}-night`);
    expect(await cloud.revisions.active("green", signal)).to.have.members([...before, unused]);
    await cloud.revisions.deregister(unused, signal);
    expect(await cloud.revisions.active("green", signal)).to.have.members(before);
  });

  it("pin a tag to its digest, with and without the registry before it", async () => {
    const short = await cloud.images.resolve("shop:1.1", signal);
    expect(short.tag).to.equal("shop:1.1");
    expect(short.image).to.match(/\/shop@sha256:[0-9a-f]{64}$/);
    expect(await cloud.images.resolve(`${outputs.repository}:1.1`, signal)).to.deep.equal(short);
  });

  it("mark an image so that the registry keeps it, once, and take the mark away again", async () => {
    const { image } = await cloud.images.resolve("shop:1.1", signal);
    expect(await cloud.images.kept(signal)).to.deep.equal([]);
    await cloud.images.keep(image, signal);
    await cloud.images.keep(image, signal);
    expect(await cloud.images.kept(signal)).to.deep.equal([image]);
    await cloud.images.forget(image, signal);
    expect(await cloud.images.kept(signal)).to.deep.equal([]);
    expect((await cloud.images.resolve("shop:1.1", signal)).image).to.equal(image);
  });

  it("say that an image which is gone can't be kept", async () => {
    const gone = `${outputs.repository}@sha256:${"0".repeat(64)}`;
    expect((await refusal(cloud.images.keep(gone, signal))).message).to.contain("no longer has it");
  });

  for (const [name, why] of [
    ["shop:9.9", "no tag '9.9'"],
    ["shop", "no tag, and the tag names the release"],
    ["attic:1.1", "images of shop only"],
  ] as const) {
    it(`refuse the image ${name}`, async () => {
      expect((await refusal(cloud.images.resolve(name, signal))).message).to.contain(why);
    });
  }
});
