import { expect } from "chai";
import { createLogs, type Logs } from "../../../rehearsal/cloud/logs/logs.ts";
import { refusal } from "../refusal.ts";
import { testGround } from "../testGround.ts";

describe("CloudWatch Logs", () => {
  let logs: Logs;
  let remove: () => Promise<void>;

  beforeEach(async () => {
    const ground = await testGround();
    remove = ground.remove;
    logs = createLogs(ground);
    await logs.CreateLogGroup({ logGroupName: "shop" });
  });
  afterEach(() => remove());

  const lines = (...messages: string[]) =>
    messages.map((message, index) => ({ timestamp: 1000 + index, message }));
  const position = { logGroupName: "shop", logStreamName: "s" };

  it("reads a stream forwards and backwards, and gives the same token at its end", async () => {
    logs.append("shop", "s", lines("a", "b", "c", "d"));
    const head = await logs.GetLogEvents({ ...position, limit: 2, startFromHead: true });
    expect(head.events?.map(({ message }) => message)).to.deep.equal(["a", "b"]);
    const rest = await logs.GetLogEvents({ ...position, nextToken: head.nextForwardToken });
    expect(rest.events?.map(({ message }) => message)).to.deep.equal(["c", "d"]);
    const end = await logs.GetLogEvents({ ...position, nextToken: rest.nextForwardToken });
    expect(end.events).to.deep.equal([]);
    expect(end.nextForwardToken).to.equal(rest.nextForwardToken);
    const back = await logs.GetLogEvents({ ...position, limit: 1, nextToken: rest.nextBackwardToken });
    expect(back.events?.map(({ message }) => message)).to.deep.equal(["b"]);
  });

  it("keeps the newest lines of a stream that never ends, and tokens hold meanwhile", async () => {
    logs.append("shop", "s", lines("first"));
    const { nextForwardToken } = await logs.GetLogEvents({ ...position, startFromHead: true });
    for (let block = 0; block < 12; block += 1)
      logs.append("shop", "s", lines(...Array.from({ length: 1000 }, (_, i) => `${block}-${i}`)));
    const { events } = await logs.GetLogEvents({ ...position, startFromHead: true, limit: 20_000 });
    expect(events).to.have.length(10_000);
    expect(events?.at(-1)?.message).to.equal("11-999");
    const next = await logs.GetLogEvents({ ...position, nextToken: nextForwardToken, limit: 1 });
    expect(next.events?.[0]?.message).to.equal("2-0");
  });

  it("filters lines of all streams by words, in the order of time", async () => {
    logs.append("shop", "web/1", [{ timestamp: 3, message: "GET / 200" }]);
    logs.append("shop", "web/2", [
      { timestamp: 1, message: "GET /a 500 error" },
      { timestamp: 2, message: "POST /b 500 warning" },
    ]);
    const found = async (filterPattern: string) =>
      (await logs.FilterLogEvents({ logGroupName: "shop", filterPattern })).events?.map(
        ({ message }) => message,
      );
    expect(await found("")).to.deep.equal(["GET /a 500 error", "POST /b 500 warning", "GET / 200"]);
    expect(await found("500 -warning")).to.deep.equal(["GET /a 500 error"]);
    expect(await found('?"GET /a" ?POST')).to.deep.equal(["GET /a 500 error", "POST /b 500 warning"]);
    expect((await refusal(found("{ $.a = 1 }"))).code).to.equal("InvalidParameterException");
  });

  it("refuses as AWS does", async () => {
    expect((await refusal(logs.CreateLogGroup({ logGroupName: "shop" }))).code).to.equal(
      "ResourceAlreadyExistsException",
    );
    expect(
      (await refusal(logs.PutRetentionPolicy({ logGroupName: "shop", retentionInDays: 2 }))).message,
    ).to.contain("'2' at 'retentionInDays'");
    expect((await refusal(logs.DeleteLogGroup({ logGroupName: "none" }))).message).to.equal(
      "The specified log group does not exist.",
    );
    expect(() => logs.append("none", "s", [])).to.throw("The specified log group does not exist.");
    expect((await refusal(logs.CreateLogGroup({ logGroupName: "k", kmsKeyId: "key" }))).message).to.contain(
      "kmsKeyId",
    );
  });
});
