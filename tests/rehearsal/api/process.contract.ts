import { once } from "node:events";
import { connect } from "node:net";
import { GetCallerIdentityCommand, STSClient } from "@aws-sdk/client-sts";
import { expect } from "chai";
import { type RehearsalProcess, startRehearsal } from "./rehearsalProcess.ts";

describe("The rehearsal's process", function () {
  this.timeout(30_000);

  const caller = ({ awsEndpoint: endpoint }: RehearsalProcess) =>
    new STSClient({
      ...{ endpoint, region: "eu-central-1", maxAttempts: 1 },
      credentials: { accessKeyId: "test", secretAccessKey: "test" },
    }).send(new GetCallerIdentityCommand({}));

  it("says where it listens and ends with its standard input", async () => {
    const rehearsal = await startRehearsal(1);
    expect(rehearsal.awsEndpoint).to.equal(`http://${rehearsal.network}.1:4566`);
    expect((await caller(rehearsal)).Account).to.equal("123456789012");
    for (const port of Object.values(rehearsal.providers)) {
      const socket = connect(port, "127.0.0.1");
      await once(socket, "connect");
      socket.destroy();
    }
    expect(await rehearsal.stop(), rehearsal.log()).to.equal(0);
    expect(await caller(rehearsal).catch((error: Error) => error.message)).to.contain("ECONNREFUSED");
  });

  it("has a network of its own beside another, and ends on SIGTERM", async () => {
    const [one, other] = await Promise.all([startRehearsal(1), startRehearsal(1)]);
    expect(one.network).not.to.equal(other.network);
    one.process.kill("SIGTERM");
    expect(await one.stop(), one.log()).to.equal(0);
    expect((await caller(other)).Account).to.equal("123456789012");
    expect(await other.stop(), other.log()).to.equal(0);
  });
});
