import { once } from "node:events";
import { Agent, get, request } from "node:http";
import { connect } from "node:net";
import { expect } from "chai";
import { WebSocket, WebSocketServer } from "ws";
import { eventually } from "../eventually.ts";
import { elbWorld, healthy, stateOf } from "./world.ts";

describe("a load balancer's traffic", () => {
  let world: Awaited<ReturnType<typeof elbWorld>>;
  beforeEach(async () => {
    world = await elbWorld();
  });
  afterEach(() => world.close());

  it("answers 503 where a group has no target, and by the default rule what that says", async () => {
    expect((await fetch(world.url)).status).to.equal(503);
    const { Rules = [] } = await world.elbv2.DescribeRules({ ListenerArn: world.ListenerArn });
    await world.elbv2.DeleteRule({ RuleArn: Rules[0]?.RuleArn });
    expect(await (await fetch(world.url)).text()).to.equal("closed");
  });

  it("is shared between groups by their weights", async () => {
    await serveBoth();
    await world.shift(30);
    const seen = { blue: 0, green: 0 };
    for (let asked = 0; asked < 600; asked++) seen[(await ask()) as "blue" | "green"] += 1;
    // 600 draws at 30 %: 180, with 5 standard deviations of 11.
    expect(seen.blue).to.be.within(124, 236);
    expect(seen.blue + seen.green).to.equal(600);
  });

  it("moves to another group at once and without a failure, on kept connections", async () => {
    await serveBoth();
    const agent = new Agent({ keepAlive: true, maxSockets: 20 });
    const answers: { readonly at: number; readonly body: string }[] = [];
    let isOver = false;
    const workers = Array.from({ length: 20 }, async () => {
      while (!isOver) answers.push({ body: await ask({ agent }), at: performance.now() });
    });
    await eventually(async () => Promise.resolve(expect(answers.length).to.be.greaterThan(500)));
    await world.shift(0);
    const moved = performance.now();
    await eventually(async () => Promise.resolve(expect(answers.length).to.be.greaterThan(1500)));
    isOver = true;
    await Promise.all(workers);
    agent.destroy();
    expect(new Set(answers.map(({ body }) => body))).to.deep.equal(new Set(["blue", "green"]));
    const lastBlue = Math.max(...answers.filter(({ body }) => body === "blue").map(({ at }) => at));
    expect(lastBlue - moved).to.be.lessThan(100);
  });

  it("lets a draining target finish what it began, and sends it nothing new", async () => {
    let open: (() => void) | undefined;
    const { address } = await world.serve(10, (asked, answer) => {
      if (asked.url === "/slow") open = () => answer.end("late");
      else answer.end("first");
    });
    const second = await world.serve(11, (_, answer) => answer.end("second"));
    await healthy(world.elbv2, world.blue, address);
    const slow = ask({ path: "/slow" });
    await eventually(async () => Promise.resolve(expect(open).to.be.a("function")));
    await healthy(world.elbv2, world.blue, second.address);
    await world.elbv2.DeregisterTargets({
      TargetGroupArn: world.blue,
      Targets: [{ Id: address, Port: 8080 }],
    });
    expect(await stateOf(world.elbv2, world.blue, address)).to.equal("draining");
    for (let asked = 0; asked < 20; asked++) expect(await ask()).to.equal("second");
    open?.();
    expect(await slow).to.equal("late");
    // With nothing in flight the delay of 300 s is not waited for.
    await eventually(async () => expect(await stateOf(world.elbv2, world.blue, address)).to.equal("unused"));
  });

  it("cuts what a draining target has not finished when the deregistration delay ends", async () => {
    const { address } = await world.serve(10, (asked, answer) => {
      if (asked.url === "/events") answer.write("data: 1\n\n");
      else if (asked.url === "/healthz") answer.end();
    });
    await healthy(world.elbv2, world.blue, address);
    await world.elbv2.ModifyTargetGroupAttributes({
      TargetGroupArn: world.blue,
      Attributes: [{ Key: "deregistration_delay.timeout_seconds", Value: "0" }],
    });
    const never = ask({ path: "/never" }).catch((error: NodeJS.ErrnoException) => error.code);
    const stream = ask({ path: "/events" });
    await eventually(async () =>
      Promise.resolve(expect(world.elbv2.counts(world.blue).requests).to.equal(2)),
    );
    await world.elbv2.DeregisterTargets({
      TargetGroupArn: world.blue,
      Targets: [{ Id: address, Port: 8080 }],
    });
    expect(await never).to.equal("ECONNRESET");
    expect(await stream, "a stream ends cleanly").to.equal("data: 1\n\n");
  });

  it("ends the client's connection when the target dies in the middle of an answer", async () => {
    const { address } = await world.serve(10, (asked, answer) => {
      if (asked.url === "/healthz") return void answer.end();
      answer.writeHead(200, { "content-length": "100" });
      answer.write("half");
      setTimeout(() => asked.socket.destroy(), 20);
    });
    await healthy(world.elbv2, world.blue, address);
    const error = await ask().catch((reason: NodeJS.ErrnoException) => reason);
    expect(error).to.be.instanceOf(Error);
    expect(world.elbv2.counts(world.blue).balancer502).to.equal(1);
  });

  it("tells a target who asks, and a client nothing of the connection between", async () => {
    const { address } = await world.serve(10, ({ headers }, answer) => answer.end(JSON.stringify(headers)));
    await healthy(world.elbv2, world.blue, address);
    const answer = await fetch(world.url, { headers: { "x-forwarded-for": "203.0.113.9" } });
    const seen = (await answer.json()) as Record<string, string>;
    expect(seen["x-forwarded-for"]).to.equal("203.0.113.9, 127.0.0.1");
    expect(seen["x-forwarded-proto"]).to.equal("http");
    expect(seen["x-forwarded-port"]).to.equal("8080");
    expect(seen["x-amzn-trace-id"]).to.match(/^Root=1-[0-9a-f]{8}-[0-9a-f]{24}$/);
    expect(seen["host"]).to.equal(new URL(world.url).host);
  });

  it("passes a stream on as it comes, and a body of any size both ways", async () => {
    let send: ((text: string) => void) | undefined;
    const { address } = await world.serve(10, (asked, answer) => {
      if (asked.url === "/echo") return void asked.pipe(answer);
      if (asked.url === "/healthz") return void answer.end();
      answer.writeHead(200, { "content-type": "text/event-stream" }).flushHeaders();
      send = (text) => answer.write(text);
    });
    await healthy(world.elbv2, world.blue, address);
    const events = await new Promise<import("node:http").IncomingMessage>((resolve) =>
      get(`${world.url}/events`, resolve),
    );
    send?.("data: now\n\n");
    const [first] = (await once(events, "data")) as [Buffer];
    expect(first.toString()).to.equal("data: now\n\n");
    events.destroy();
    const body = Buffer.alloc(3_000_000, "turnout");
    const back = await fetch(`${world.url}/echo`, { method: "POST", body });
    expect(Buffer.from(await back.arrayBuffer()).equals(body)).to.equal(true);
  });

  it("carries WebSockets", async () => {
    const { address, server } = await world.serve(10, (_, answer) => answer.end());
    const sockets = new WebSocketServer({ server });
    sockets.on("connection", (socket) =>
      socket.on("message", (text) => socket.send(`back: ${(text as Buffer).toString()}`)),
    );
    await healthy(world.elbv2, world.blue, address);
    const socket = new WebSocket(world.url.replace("http", "ws"));
    await once(socket, "open");
    socket.send("there");
    const [answer] = (await once(socket, "message")) as [Buffer];
    expect(answer.toString()).to.equal("back: there");
    expect(world.elbv2.counts(world.blue).upgrades).to.equal(1);
    socket.terminate();
    sockets.close();
  });

  it("keeps a client with its group while groups are sticky, even at weight 0", async () => {
    await serveBoth();
    const sticky = async (share: number) =>
      world.elbv2.ModifyRule({
        RuleArn: world.RuleArn,
        Actions: [
          {
            Type: "forward",
            ForwardConfig: {
              TargetGroups: [
                { TargetGroupArn: world.blue, Weight: share },
                { TargetGroupArn: world.green, Weight: 100 - share },
              ],
              TargetGroupStickinessConfig: { Enabled: true, DurationSeconds: 60 },
            },
          },
        ],
      });
    await sticky(100);
    const first = await fetch(world.url);
    const cookie = first.headers.get("set-cookie")?.split(";")[0] ?? "";
    expect(cookie).to.match(/^AWSALBTG=/);
    await sticky(0);
    expect(await (await fetch(world.url, { headers: { cookie } })).text()).to.equal("blue");
    expect(await (await fetch(world.url)).text()).to.equal("green");
  });

  it("asks again where a target closed a kept connection just as a request was sent on it", async () => {
    let answered = 0;
    const { address } = await world.serve(10, (asked, answer) => {
      // Health checks come between them, and are not counted.
      if (asked.url === "/healthz") return answer.end("blue");
      answered += 1;
      // Every other request finds its connection closed after it was sent.
      return answered % 2 === 0 ? asked.socket.destroy() : answer.end("blue");
    });
    await healthy(world.elbv2, world.blue, address);
    for (let asked = 0; asked < 10; asked++) expect(await ask()).to.equal("blue");
  });

  it("counts what a target refuses as 502", async () => {
    const { address, server } = await world.serve(10, (_, answer) => answer.end());
    await healthy(world.elbv2, world.blue, address);
    server.close();
    server.closeAllConnections();
    expect((await fetch(world.url)).status).to.equal(502);
    expect(world.elbv2.counts(world.blue).balancer502).to.equal(1);
  });

  it("closes its port with its listener", async () => {
    await world.elbv2.DeleteListener({ ListenerArn: world.ListenerArn });
    const { hostname, port } = new URL(world.url);
    const [error] = (await once(connect(Number(port), hostname), "error")) as [NodeJS.ErrnoException];
    expect(error.code).to.equal("ECONNREFUSED");
  });

  async function serveBoth(): Promise<void> {
    for (const [host, name] of [
      [10, "blue"],
      [11, "green"],
    ] as const) {
      const { address } = await world.serve(host, (_, answer) => answer.end(name));
      await healthy(world.elbv2, world[name], address);
    }
  }

  function ask({
    path = "/",
    agent,
  }: { readonly path?: string; readonly agent?: Agent } = {}): Promise<string> {
    return new Promise((resolve, reject) => {
      const asked = request(`${world.url}${path}`, agent ? { agent } : {}, (answer) => {
        let body = "";
        answer.on("data", (piece: Buffer) => (body += piece.toString()));
        answer.once("error", reject);
        answer.once("end", () => {
          if (answer.statusCode === 200) resolve(body);
          else reject(new Error(`${answer.statusCode}: ${body}`));
        });
      });
      asked.once("error", reject);
      asked.end();
    });
  }
});
