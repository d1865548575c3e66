import { createServer, type RequestListener, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { setTimeout as sleep } from "node:timers/promises";
import { expect } from "chai";
import { startLoad } from "../../bench/load.ts";
import type { Ask } from "../../bench/mix.ts";

const page: Ask = { name: "page", share: 1, method: "GET", paths: ["/"], endsWith: "</html>\n" };
const whole = "<html></html>\n";

describe("a steady load", () => {
  let server: Server | undefined;

  const serve = async (answer: RequestListener): Promise<string> => {
    server = createServer(answer);
    await new Promise<void>((resolve) => server?.listen(0, "127.0.0.1", resolve));
    return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  };

  afterEach(() => {
    server?.closeAllConnections();
    server?.close();
    server = undefined;
  });

  it("counts every answer of a good server, by release and by second", async () => {
    let n = 0;
    const url = await serve((_request, response) => {
      n += 1;
      response.setHeader("x-release", n <= 30 ? "1.0" : "1.1").end(whole);
    });
    const report = await startLoad({ url, rate: 500, mix: [page], maxRequests: 100 }).ended;
    expect(report.failures).to.deep.equal([]);
    expect(report).to.include({ requests: 100, answered: 100, failed: 0 });
    expect(report.releases["1.0"]?.requests).to.equal(30);
    expect(report.releases["1.1"]?.requests).to.equal(70);
    expect(report.releases["1.0"]?.lastAnswer).to.be.at.most(report.releases["1.1"]?.lastAnswer ?? 0);
    const bySecond = report.seconds.flatMap(({ releases }) => Object.values(releases));
    expect(bySecond.reduce((sum, count) => sum + count, 0)).to.equal(100);
  });

  it("counts each way in which a server fails, once a request", async () => {
    const ways: RequestListener[] = [
      (_request, response) => response.writeHead(500).end(whole),
      (_request, response) => response.writeHead(404).end(whole),
      // Cut off in mid-answer.
      (_request, response) => {
        response.writeHead(200, { "content-length": 100 }).write("<html>");
        setImmediate(() => response.destroy());
      },
      // Whole for HTTP, not for a reader.
      (_request, response) => response.end("<html>"),
      // Cut off before the answer.
      (request) => request.socket.destroy(),
      // Never answered.
      () => {},
      (_request, response) => response.end(whole),
    ];
    let n = 0;
    const url = await serve((request, response) => ways[n++ % ways.length]?.(request, response));
    const report = await startLoad({ url, rate: 200, mix: [page], maxRequests: 70, timeout: 500 }).ended;
    expect(report).to.include({ requests: 70, answered: 10, failed: 60 });
    expect(report.failures).to.have.length(20);
    const errors = report.failures.map(({ error }) => error);
    for (const said of ["status 500", "status 404", "incomplete body", "UND_ERR_SOCKET"])
      expect(
        errors.some((error) => error.includes(said)),
        `${said} in ${errors.join(", ")}`,
      ).to.equal(true);
  });

  it("counts a request that is never answered as failed after the time-out, from its intended start", async () => {
    const url = await serve(() => {});
    const report = await startLoad({
      url,
      rate: 100,
      mix: [page],
      maxRequests: 5,
      connections: 1,
      timeout: 300,
    }).ended;
    expect(report).to.include({ answered: 0, failed: 5 });
    for (const { error, after } of report.failures) {
      expect(error).to.match(/no whole answer within 300 ms|UND_ERR_/);
      expect(after).to.be.within(290, 1500);
    }
  });

  it("shows a stall as the latency that customers had, not as fewer requests", async () => {
    const stalled = Date.now() + 500;
    const url = await serve((_request, response) => {
      void sleep(Math.max(0, stalled - Date.now())).then(() => response.end(whole));
    });
    const report = await startLoad({ url, rate: 200, mix: [page], maxRequests: 150, connections: 2 }).ended;
    expect(report).to.include({ answered: 150, failed: 0 });
    // A closed loop would have seen 2 slow answers of 150; 95 and more were due in the stall.
    expect(report.latency.p50).to.be.above(50);
    expect(report.latency.max).to.be.above(350);
  });

  it("fails when nothing listens", async () => {
    const url = await serve(() => {});
    server?.close();
    const report = await startLoad({ url, rate: 100, mix: [page], maxRequests: 10 }).ended;
    expect(report).to.include({ answered: 0, failed: 10 });
    expect(report.failures[0]?.error).to.include("ECONNREFUSED");
  });

  it("keeps its rate and its bound in time", async () => {
    const url = await serve((_request, response) => response.end(whole));
    const load = startLoad({ url, rate: 400, mix: [page], maxSeconds: 1 });
    const report = await load.ended;
    expect(report.failed).to.equal(0);
    expect(report.answered).to.be.within(395, 440);
    expect(await load.stop()).to.equal(report);
  });

  it("shows live figures", async () => {
    const held = Promise.withResolvers<void>();
    const url = await serve((_request, response) => {
      void held.promise.then(() => response.setHeader("x-release", "1.0").end(whole));
    });
    const load = startLoad({ url, rate: 100, mix: [page], maxRequests: 1 });
    while (load.snapshot().inFlight === 0) await sleep(5);
    expect(load.snapshot()).to.deep.include({ answered: 0, failed: 0, inFlight: 1 });
    held.resolve();
    while (load.snapshot().inFlight === 1) await sleep(5);
    expect(load.snapshot()).to.include({ answered: 1, inFlight: 0 });
    expect(load.snapshot().elapsed).to.be.above(0);
    await load.stop();
  });

  it("refuses every host but this machine", () => {
    for (const url of [
      "http://example.com/",
      "http://10.0.0.1:8080",
      "https://127.0.0.1/",
      "http://127.0.0.1.example.com",
    ])
      expect(() => startLoad({ url, rate: 1 })).to.throw("loopback addresses only");
  });
});
