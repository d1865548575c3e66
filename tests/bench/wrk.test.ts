import { expect } from "chai";
import { readWrk } from "../../bench/balancer/generator.ts";

const printed = `Running 4s test @ http://127.0.0.1:1/
  1 threads and 50 connections
  Thread Stats   Avg      Stdev     Max   +/- Stdev
    Latency     1.92ms    1.01ms  20.10ms   90.00%
  Latency Distribution
     50%    1.70ms
     75%    2.10ms
     90%    2.80ms
     99%  950.00us
  100 requests in 4.00s, 1.00MB read
`;

describe("what wrk prints", () => {
  it("is read in requests a second and milliseconds", () => {
    const { requestsPerSecond, p99, failed } = readWrk(`${printed}Requests/sec:  29876.54\n`);
    expect([requestsPerSecond, failed]).to.deep.equal([29_876.54, 0]);
    expect(p99).to.be.closeTo(0.95, 1e-9);
  });

  it("counts errors of sockets and statuses as failed", () => {
    const errors = "  Socket errors: connect 0, read 3, write 0, timeout 2\n  Non-2xx or 3xx responses: 10\n";
    expect(readWrk(`${printed}${errors}Requests/sec:   1.00\n`).failed).to.equal(15);
  });

  it("is refused where it has no figures", () => {
    expect(() => readWrk("unable to connect")).to.throw("wrk printed no figures: unable to connect");
  });
});
