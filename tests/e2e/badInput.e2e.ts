import { expect } from "chai";
import { Refused } from "../../scripts/api.ts";
import { stack } from "../../scripts/pulumiEnvironment.ts";
import { CliFailed } from "../../service/adapters/pulumi/cli.ts";
import type { ProblemDetails } from "../../service/errors/problem.ts";
import { openTestHouse, type TestHouse } from "./testHouse.ts";

describe("bad input", function () {
  this.timeout(120_000);
  let house: TestHouse;

  before(async () => {
    house = await openTestHouse({ speed: 5 });
  });
  after(() => house?.close());
  // Whatever was asked: nothing moved.
  afterEach(async () => {
    const view = await house.view();
    expect(view).to.include({ live: "blue" });
    expect(view.weights).to.deep.equal({ blue: 100, green: 0 });
    expect(view.drift).to.deep.equal([]);
  });

  const good = { stack, image: "shop:1.1" };
  const refusals: readonly (readonly [string, object, Partial<ProblemDetails>, RegExp])[] = [
    [
      "an unknown stack",
      { ...good, stack: "staging" },
      { status: 404, code: "unknown-stack" },
      /no stack 'staging'/,
    ],
    ["an unknown tag", { stack, image: "shop:9.9" }, { status: 422, code: "unknown-image" }, /'shop:9.9'/],
    [
      "the image that is live",
      { stack, image: "shop:1.0" },
      { status: 409, code: "already-live" },
      /already live, on blue/,
    ],
    [
      "an unknown engine",
      { ...good, engine: "teleport" },
      { status: 400, code: "unknown-engine" },
      /no engine 'teleport'\. Engines: blue-green/,
    ],
    ["a field that is none", { ...good, imag: "shop:1.1" }, { status: 400, code: "bad-request" }, /imag/],
    ["a missing field", { stack }, { status: 400, code: "bad-request" }, /image/],
    ["a wrong type", { ...good, bake: "soon" }, { status: 400, code: "bad-request" }, /bake/],
  ];
  for (const [what, body, problem, words] of refusals)
    it(`is refused: ${what}`, async () => {
      const { status, said } = await post("/deployments", JSON.stringify(body));
      expect(said).to.include(problem);
      expect(status).to.equal(problem.status);
      expect(said.detail).to.match(words);
      expect(said.next).to.be.a("string").and.not.equal("");
    });

  it("is refused: a body that is no JSON", async () => {
    const { status, said } = await post("/deployments", '{"stack":');
    expect(status).to.equal(400);
    expect(said.code).to.equal("bad-request");
  });

  for (const [what, authorization] of [
    ["no token", undefined],
    ["a wrong token", "Bearer let-me-in"],
    ["a token in another scheme", "Basic bGV0OmluCg=="],
  ] as const)
    it(`is refused: ${what}`, async () => {
      const { status, said } = await post("/deployments", JSON.stringify(good), { authorization });
      expect(status).to.equal(401);
      expect(said.code).to.equal("unauthorized");
      expect(JSON.stringify(said)).not.to.contain(house.connection.token);
    });

  it("is refused: an undo where nothing was deployed", async () => {
    const { status, said } = await post(`/stacks/${stack}/undo`, "{}");
    expect(status).to.equal(409);
    expect(said.code).to.equal("nothing-to-undo");
    expect(said.next).to.contain("POST /deployments");
  });

  it("is refused: a second deployment while one runs, with the first one's address", async () => {
    await house.push("1.1");
    const first = await house.deploy({ image: "shop:1.1" });
    const second = await house.deploy({ image: "shop:1.1" }).catch((error: unknown) => error);
    expect(second).to.be.instanceOf(Refused);
    const { problem } = second as Refused;
    expect(problem).to.include({ status: 409, code: "busy" });
    expect(problem.next).to.contain(`/deployments/${first.id}`);
    const cancelled = await fetch(`${house.connection.service}/deployments/${first.id}/cancel`, {
      method: "POST",
      headers: { authorization: `Bearer ${house.connection.token}` },
    });
    expect(cancelled.status).to.equal(202);
    expect((await house.ended(first)).status).to.equal("cancelled");
  });

  it("stops `pulumi up` before anything is touched: a key with a wrong value", async () => {
    const error = await house.up({ "turnout:bake": "soon" }).catch((refused: unknown) => refused);
    expect(error).to.be.instanceOf(CliFailed);
    const { message } = error as CliFailed;
    expect(message).to.contain("turnout:bake is").and.to.contain("allowed:");
    expect(message).to.contain("nothing was touched");
    await house.up({});
    expect(await house.preview()).to.match(/\d+ unchanged/);
  });

  async function post(
    path: string,
    body: string,
    { authorization }: { readonly authorization: string | undefined } = {
      authorization: `Bearer ${house.connection.token}`,
    },
  ): Promise<{ status: number; said: ProblemDetails }> {
    const answer = await fetch(`${house.connection.service}${path}`, {
      method: "POST",
      headers: { "content-type": "application/json", ...(authorization && { authorization }) },
      body,
    });
    return { status: answer.status, said: (await answer.json()) as ProblemDetails };
  }
});
