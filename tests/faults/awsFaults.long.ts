import { badDay } from "./badDay.ts";

describe("AWS throttles 30 % of the requests, breaks 5 % and loses the answers of 5 %", function () {
  this.timeout(3_600_000);
  badDay(Number(process.env["TURNOUT_DEPLOYMENTS"] ?? 200));
});
