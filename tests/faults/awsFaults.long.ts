import { badDay } from "./badDay.ts";

describe("AWS throttles 30 % of the requests, breaks 5 % and loses the answers of 5 %", function () {
  this.timeout(7_200_000);
  badDay({
    deployments: Number(process.env["TURNOUT_DEPLOYMENTS"] ?? 200),
    houses: Number(process.env["TURNOUT_HOUSES"] ?? 6),
  });
});
