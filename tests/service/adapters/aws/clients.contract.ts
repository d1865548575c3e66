import { once } from "node:events";
import { createServer, type RequestListener } from "node:http";
import type { AddressInfo } from "node:net";
import { ClusterNotFoundException, ListTasksCommand, UpdateServiceCommand } from "@aws-sdk/client-ecs";
import { setTimeout as sleep } from "node:timers/promises";
import { expect } from "chai";
import { createClients } from "../../../../service/adapters/aws/clients.ts";
import { retryStrategy } from "../../../../service/adapters/aws/retries.ts";

const well = { status: 200, body: { taskArns: [] } };
const throttled = { status: 400, body: { __type: "ThrottlingException", message: "Rate exceeded" } };
const broken = { status: 500, body: { __type: "ServerException", message: "Something went wrong" } };

describe("the SDK's clients, where AWS is not well", function () {
  this.timeout(20_000);
  let asked = 0;
  /** What becomes of the n-th request, from 1. */
  let fate: (n: number) => { status: number; body: object } | "cut" | "silent";
  const former = { ...process.env };
  const answer: RequestListener = (request, response) => {
    request.resume().once("end", () => {
      asked += 1;
      const now = fate(asked);
      if (now === "silent") return;
      if (now === "cut") return request.socket.destroy();
      response.writeHead(now.status, { "content-type": "application/x-amz-json-1.1" });
      response.end(JSON.stringify(now.body));
    });
  };
  const server = createServer(answer);
  const list = (abortSignal = new AbortController().signal) =>
    createClients("eu-central-1", () => Promise.resolve()).ecs.send(new ListTasksCommand({}), {
      abortSignal,
    });

  before(async () => {
    server.listen(0, "127.0.0.1");
    await once(server, "listening");
    const { port } = server.address() as AddressInfo;
    const keys = { AWS_ACCESS_KEY_ID: "test", AWS_SECRET_ACCESS_KEY: "test" };
    Object.assign(process.env, { AWS_ENDPOINT_URL: `http://127.0.0.1:${port}`, ...keys });
  });
  beforeEach(() => (asked = 0));
  after(() => {
    for (const name of ["AWS_ENDPOINT_URL", "AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"]) {
      if (former[name] === undefined) delete process.env[name];
      else process.env[name] = former[name];
    }
    server.close();
    server.closeAllConnections();
  });

  it("try again what was throttled, broken or cut off", async () => {
    fate = (n) => ([throttled, broken, "cut"] as const)[n - 1] ?? well;
    expect((await list()).$metadata.attempts).to.equal(4);
  });

  it("try again where the answer does not come, and wait longer each time", async () => {
    fate = (n) => (n <= 2 ? "silent" : well);
    const began = performance.now();
    await list();
    expect(asked).to.equal(3);
    expect(performance.now() - began)
      .to.be.above(1500 + 3000 - 100)
      .and.below(8000);
  });

  it("give up after a minute", async () => {
    const first = await retryStrategy.acquireInitialRetryToken();
    const refused = { errorType: "THROTTLING" } as const;
    const next = await retryStrategy.refreshRetryTokenForRetry(first, refused);
    expect(next.getRetryCount()).to.equal(1);
    const late = { ...next, since: Date.now() - 61_000 };
    const error: unknown = await retryStrategy
      .refreshRetryTokenForRetry(late, refused)
      .catch((caught: unknown) => caught);
    expect(error).to.be.instanceOf(Error);
  });

  it("don't try again what AWS refuses", async () => {
    fate = () => ({
      status: 400,
      body: { __type: "ClusterNotFoundException", message: "Cluster not found." },
    });
    const refused: unknown = await list().catch((error: unknown) => error);
    expect(refused).to.be.instanceOf(ClusterNotFoundException);
    expect(asked).to.equal(1);
  });

  it("stop trying as soon as they are told to", async () => {
    fate = () => throttled;
    const stop = new AbortController();
    const refused = list(stop.signal).catch((error: unknown) => error);
    while (asked < 3) await new Promise(setImmediate);
    stop.abort();
    expect(await refused).to.include({ name: "AbortError" });
  });

  it("send nothing that changes something while this process may not, not at a later try either", async () => {
    let may = Promise.withResolvers<void>();
    may.resolve();
    const { ecs } = createClients("eu-central-1", () => may.promise);
    const scale = () => ecs.send(new UpdateServiceCommand({ service: "shop", desiredCount: 0 }));
    // Taken away while the first try is under way.
    fate = () => {
      may = Promise.withResolvers();
      fate = () => well;
      return throttled;
    };
    const scaled = scale();
    while (asked < 1) await new Promise(setImmediate);
    const listed = await ecs.send(new ListTasksCommand({}));
    expect(listed.$metadata.attempts).to.equal(1);
    await sleep(500); // twice the longest pause before the second try
    expect(asked).to.equal(2);
    may.resolve();
    expect((await scaled).$metadata.attempts).to.equal(2);
  });

  it("spare no call because others failed: one client, 200 calls side by side, each refused twice", async () => {
    const { ecs } = createClients("eu-central-1", () => Promise.resolve());
    // The first 400 requests are all refused: more than any budget of the SDK's would pay for.
    fate = (n) => (n <= 400 ? broken : well);
    const calls = Array.from({ length: 200 }, () => ecs.send(new ListTasksCommand({})));
    const attempts = (await Promise.all(calls)).map(({ $metadata }) => $metadata.attempts ?? 0);
    expect(attempts.reduce((sum, each) => sum + each, 0)).to.equal(600);
  });
});
