import { expect } from "chai";
import type { Deployment } from "../../../service/deployments/deployment.ts";
import type { ProblemDetails } from "../../../service/errors/problem.ts";
import { fakeApp, token } from "../fakes/fakeApp.ts";

describe("the API", () => {
  it("answers a deployment with 202, where it can be watched, and its steps to come", async () => {
    const { ask, house } = await fakeApp();
    const answer = await ask("POST", "/deployments", { stack: "prod", image: "shop:1.1" });
    expect(answer.statusCode).to.equal(202);
    const run = answer.json<Deployment>();
    expect(answer.headers.location).to.equal(`/deployments/${run.id}`);
    expect(run.steps.every(({ status }) => status === "waiting")).to.equal(true);
    await house.runs.end(run.id);
    const ended = (await ask("GET", `/deployments/${run.id}`)).json<Deployment>();
    // Every field that the run has is in the answer: the schema names them all.
    expect(ended).to.deep.equal(JSON.parse(JSON.stringify(await house.runs.get(run.id))));
    expect(ended.status).to.equal("succeeded");
  });

  it("shows the problem of a failed run with every field", async () => {
    const { ask, house } = await fakeApp();
    house.world.behaviour.set("1.2", { exits: { code: 1, log: ["no"] } });
    const { id } = await house.deployed("1.2");
    const shown = (await ask("GET", `/deployments/${id}`)).json<Deployment>();
    expect(shown).to.deep.equal(JSON.parse(JSON.stringify(await house.runs.get(id))));
    expect(shown.error?.evidence).to.include("no");
  });

  it("lists runs by stack and status, the newest first", async () => {
    const { ask, house } = await fakeApp();
    await house.deployed("1.1");
    await house.deployed("1.2");
    const list = (await ask("GET", "/deployments?stack=prod&status=succeeded&limit=1")).json<{
      deployments: Deployment[];
    }>();
    expect(list.deployments.map(({ image }) => image)).to.deep.equal(["shop:1.2"]);
  });

  it("shows a stack with weights, colours, health and drift", async () => {
    const { ask, house } = await fakeApp();
    const { id } = await house.deployed("1.1");
    const stack = (await ask("GET", "/stacks/prod")).json<Record<string, unknown>>();
    expect(stack).to.deep.include({
      live: "green",
      weights: { blue: 0, green: 100 },
      last: id,
      running: null,
      drift: [],
    });
    expect(stack["colours"]).to.have.nested.property("green.release", "shop:1.1");
    expect(stack["colours"]).to.have.nested.property("green.health.healthy", 3);
    house.world.weights = { blue: 50, green: 50 };
    const drifted = (await ask("GET", "/stacks/prod")).json<{ drift: string[] }>();
    expect(drifted.drift[0]).to.contain("weighs blue 50, green 50").and.to.contain(id);
  });

  it("undoes with and without a body, and refuses the second with the way forward", async () => {
    const { ask, house } = await fakeApp();
    await house.deployed("1.1");
    const first = await ask("POST", "/stacks/prod/undo");
    expect(first.statusCode).to.equal(202);
    await house.runs.end(first.json<Deployment>().id);
    const second = await ask("POST", "/stacks/prod/undo", { now: true });
    expect(second.statusCode).to.equal(409);
    expect(second.headers["content-type"]).to.contain("application/problem+json");
    expect(second.json<ProblemDetails>().next).to.contain("POST /deployments");
  });

  it("streams a run from its first to its last change", async () => {
    const { ask, house } = await fakeApp();
    const { id } = (
      await ask("POST", "/deployments", { stack: "prod", image: "shop:1.1" })
    ).json<Deployment>();
    const stream = await ask("GET", `/deployments/${id}/events`);
    expect(stream.headers["content-type"]).to.contain("text/event-stream");
    const events = [...stream.body.matchAll(/^event: (\w+)$/gm)].map(([, name]) => name);
    expect(events[0]).to.equal("deployment");
    expect(events.at(-1)).to.equal("end");
    expect(house.world.weights).to.deep.equal({ blue: 0, green: 100 });
  });

  it("describes itself at /docs/json, for whoever asks", async () => {
    const { app } = await fakeApp();
    const document = (await app.inject("/docs/json")).json<{ paths: Record<string, unknown> }>();
    expect(Object.keys(document.paths)).to.include.members([
      "/deployments",
      "/deployments/{id}",
      "/stacks/{stack}/undo",
    ]);
    expect((await app.inject("/docs/")).statusCode).to.equal(200);
    const problems = (await app.inject("/docs/problems")).json<Record<string, unknown>>();
    expect(problems["busy"]).to.deep.include({ status: 409 });
  });

  it("lets health be asked without a token", async () => {
    const { app } = await fakeApp();
    expect((await app.inject("/healthz")).statusCode).to.equal(200);
    expect((await app.inject("/readyz")).statusCode).to.equal(200);
  });
});

describe("bad input", () => {
  const url = "/deployments";
  const good = { stack: "prod", image: "shop:1.1" };

  for (const [what, headers] of [
    ["no token", {}],
    ["a wrong token", { authorization: "Bearer let-me-out" }],
    ["a token of another kind", { authorization: `Basic ${token}` }],
  ] as const) {
    it(`is refused with 401 for ${what}, and says how to send one`, async () => {
      const { app, house } = await fakeApp();
      const answer = await app.inject({ method: "POST", url, headers, payload: good });
      expect(answer.statusCode).to.equal(401);
      expect(answer.headers["www-authenticate"]).to.equal('Bearer realm="turnout"');
      expect(answer.json<ProblemDetails>()).to.include({ code: "unauthorized", status: 401 });
      expect(house.world.writes).to.deep.equal([]);
    });
  }

  for (const [what, body, status, words] of [
    ["a body that is no JSON", "{", 400, "JSON"],
    ["a missing field", { stack: "prod" }, 400, "body/image"],
    ["a field that does not exist", { ...good, imagee: "x" }, 400, "body/imagee"],
    ["a field of the wrong type", { ...good, bake: "3" }, 400, "body/bake must be integer"],
    ["half a second", { ...good, bake: 0.5 }, 400, "body/bake must be integer"],
    [
      "less than the configuration allows",
      { ...good, healthyWithin: 0 },
      400,
      "body/healthyWithin must be >= 10",
    ],
    ["another name of a stack", { ...good, stack: "organization/turnout/prod" }, 400, "body/stack"],
    ["another way of waiting", { ...good, onBusy: "hope" }, 400, "body/onBusy"],
    ["a shift that does not exist", { ...good, shift: "sideways" }, 400, "body/shift"],
    ["an unknown engine", { ...good, engine: "steam" }, 400, "Engines: blue-green"],
    ["an unknown stack", { ...good, stack: "attic" }, 404, "attic"],
    ["an unknown tag", { ...good, image: "shop:9" }, 422, "shop:9"],
    ["the live image", { ...good, image: "shop:1.0" }, 409, "already live"],
  ] as const) {
    it(`is refused with ${status} for ${what}, and changes nothing`, async () => {
      const { ask, house } = await fakeApp();
      const answer = await ask("POST", url, body);
      expect(answer.statusCode).to.equal(status);
      expect(answer.headers["content-type"]).to.contain("application/problem+json");
      const problem = answer.json<ProblemDetails>();
      expect(problem.detail).to.contain(words);
      expect(problem.status).to.equal(status);
      expect(problem.next).to.not.equal("");
      expect(house.world.writes).to.deep.equal([]);
    });
  }

  it("is refused with 404 for a deployment or a path that does not exist", async () => {
    const { ask, app } = await fakeApp();
    expect((await ask("GET", "/deployments/none")).json<ProblemDetails>().code).to.equal(
      "unknown-deployment",
    );
    expect((await ask("POST", "/deployments/none/cancel")).statusCode).to.equal(404);
    expect((await ask("GET", "/deployments/none/events")).statusCode).to.equal(404);
    expect((await app.inject("/nowhere")).json<ProblemDetails>().code).to.equal("not-found");
  });
});
