import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { expect } from "chai";
import { measureThroughput } from "../../bench/throughput.ts";

describe("the measure of throughput", function () {
  this.timeout(10_000);
  let server: Server;
  let url: string;
  let answered = 0;
  let status = 200;

  beforeEach(async () => {
    answered = 0;
    server = createServer((_request, response) => {
      answered += 1;
      response.writeHead(status, { "content-length": 5 }).end("hello");
    });
    await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
    url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/`;
  });
  afterEach(() => {
    server.closeAllConnections();
    server.close();
  });

  it("counts no more than the server answered, and most of what it answered while it counted", async () => {
    status = 200;
    const { requestsPerSecond, failed, latency } = await measureThroughput({
      url,
      connections: 4,
      seconds: 1,
    });
    expect(failed).to.equal(0);
    expect(requestsPerSecond).to.be.within(100, answered);
    expect(latency.p50).to.be.above(0);
  });

  it("counts errors as failed", async () => {
    status = 503;
    const { requestsPerSecond, failed } = await measureThroughput({ url, connections: 2, seconds: 0.2 });
    expect(requestsPerSecond).to.equal(0);
    expect(failed).to.be.above(10);
  });

  it("refuses to measure answers whose end it can't see", async () => {
    server
      .removeAllListeners("request")
      .on("request", (_request, response) => response.write("hello") && response.end());
    const error = await measureThroughput({ url, connections: 1, seconds: 1 }).catch(String);
    expect(error).to.include("without a content-length");
  });

  it("refuses every host but this machine", async () => {
    const error = await measureThroughput({ url: "http://192.0.2.1/", connections: 1, seconds: 1 }).catch(
      String,
    );
    expect(error).to.include("loopback addresses only");
  });
});
