import { type AddressInfo, createServer } from "node:net";
import { expect } from "chai";
import { portNumber, refuseUnusablePort } from "../../scripts/servicePort.ts";

describe("the service's port, as npm start takes it", () => {
  it("is refused where somebody has it, in the words of --port", async () => {
    const holder = createServer().listen(0, "127.0.0.1");
    await new Promise((listening) => holder.once("listening", listening));
    const { port } = holder.address() as AddressInfo;
    const refused = await refuseUnusablePort(port).then(
      () => undefined,
      (error: Error) => error.message,
    );
    await new Promise((closed) => holder.close(closed));
    expect(refused).to.equal(
      `Port ${port} on 127.0.0.1 is taken. Give another one with --port, or leave --port out for any free one.`,
    );
    await refuseUnusablePort(port);
  });

  it("is any free one where none is given", () => refuseUnusablePort(0));

  it("is a number that a port can have", () => {
    expect(["0", "8000", "65535"].map(portNumber)).to.deep.equal([0, 8000, 65_535]);
    for (const text of ["", "-1", "65536", "80a", "1e3"])
      expect(() => portNumber(text), text).to.throw("It is a number from 0 to 65535");
  });
});
