import { expect } from "chai";
import { fakeApp, token } from "../fakes/fakeApp.ts";

describe("a request with an Idempotency-Key", () => {
  async function posting() {
    const { app, house } = await fakeApp();
    const post = (key: string, body: object, url = "/deployments") =>
      app.inject({
        method: "POST",
        url,
        headers: { authorization: `Bearer ${token}`, "idempotency-key": key },
        payload: body,
      });
    return { house, post };
  }

  it("is carried out once, however often it is sent: 100 at once get one answer, and so does a late one", async () => {
    const { house, post } = await posting();
    const answers = await Promise.all(
      Array.from({ length: 100 }, () => post("one", { stack: "prod", image: "shop:1.1" })),
    );
    expect(new Set(answers.map(({ body }) => body)).size).to.equal(1);
    expect(answers[0]?.statusCode).to.equal(202);
    expect(house.world.reads).to.equal(1);
    await house.runs.end(answers[0]?.json<{ id: string }>().id ?? "");
    const late = await post("one", { image: "shop:1.1", stack: "prod" });
    expect(late.body).to.equal(answers[0]?.body);
    expect(await house.runs.list({ kind: ["deployment"] })).to.have.length(1);
  });

  it("is refused when its body is another one, with the run that the key began", async () => {
    const { post } = await posting();
    const first = await post("one", { stack: "prod", image: "shop:1.1" });
    const other = await post("one", { stack: "prod", image: "shop:1.2" });
    expect(other.statusCode).to.equal(422);
    expect(other.json()).to.include({ code: "idempotency-key-reused" });
    expect(other.body).to.contain(first.json<{ id: string }>().id);
  });

  it("is not remembered when it was refused: sent again it may succeed", async () => {
    const { house, post } = await posting();
    expect((await post("one", { stack: "prod", image: "shop:9.9" })).statusCode).to.equal(422);
    house.world.images.add("9.9");
    expect((await post("one", { stack: "prod", image: "shop:9.9" })).statusCode).to.equal(202);
  });

  it("may be an undo in mid-deployment: sent again after its end it undoes nothing more", async () => {
    const { house, post } = await posting();
    await house.deployed("1.1");
    const { id } = (await post("forth", { stack: "prod", image: "shop:1.2" })).json<{ id: string }>();
    const first = await post("back", {}, "/stacks/prod/undo");
    expect(first.json()).to.include({ id });
    expect((await house.runs.end(id)).status).to.equal("rolled-back");
    const second = await post("back", {}, "/stacks/prod/undo");
    expect([first.statusCode, second.statusCode]).to.deep.equal([202, 202]);
    expect(second.body).to.equal(first.body);
    expect(house.world.weights).to.deep.equal({ blue: 0, green: 100 });
  });

  it("may be an undo: sent twice it is one, and the same answer", async () => {
    const { house, post } = await posting();
    await house.deployed("1.1");
    const first = await post("back", {}, "/stacks/prod/undo");
    await house.runs.end(first.json<{ id: string }>().id);
    const second = await post("back", {}, "/stacks/prod/undo");
    expect([first.statusCode, second.statusCode]).to.deep.equal([202, 202]);
    expect(second.body).to.equal(first.body);
  });
});
