import { expect } from "chai";
import { readSettings } from "../../service/settings.ts";

const hash = "a".repeat(64);

describe("the process's settings", () => {
  it("have defaults for all but the tokens", () => {
    const settings = readSettings({ TURNOUT_TOKENS_SHA256: `${hash}, ${hash.toUpperCase()}` });
    expect(settings).to.deep.include({
      host: "127.0.0.1",
      port: 0,
      tokens: [hash, hash],
      databaseUrl: undefined,
      historyDays: 90,
    });
  });

  it("keep what is the service's own from Pulumi", () => {
    const environment = {
      TURNOUT_TOKENS_SHA256: hash,
      DATABASE_URL: "postgres://x",
      PULUMI_HOME: "/p",
      PATH: "/bin",
    };
    expect(readSettings(environment).pulumi).to.deep.equal({ PULUMI_HOME: "/p", PATH: "/bin" });
  });

  for (const [what, environment, words] of [
    ["no token", {}, "TURNOUT_TOKENS_SHA256 needs"],
    ["a token that is no hash", { TURNOUT_TOKENS_SHA256: "secret" }, "TURNOUT_TOKENS_SHA256 needs"],
    ["a port that is none", { TURNOUT_TOKENS_SHA256: hash, PORT: "http" }, "PORT is 'http'"],
    [
      "a history of no days",
      { TURNOUT_TOKENS_SHA256: hash, TURNOUT_HISTORY_DAYS: "0" },
      "TURNOUT_HISTORY_DAYS is '0'",
    ],
    ["a port too high", { TURNOUT_TOKENS_SHA256: hash, PORT: "70000" }, "PORT is '70000'"],
  ] as const) {
    it(`refuse ${what}, and name the variable`, () => {
      expect(() => readSettings(environment)).to.throw(words);
    });
  }
});
