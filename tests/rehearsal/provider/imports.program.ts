import * as pulumi from "@pulumi/pulumi";
import { expect } from "chai";
import { type Providers, serveProviders } from "../../../rehearsal/provider/server.ts";
import { types } from "../../../rehearsal/provider/types/all.ts";
import { type TestCloud, testCloud } from "./cloud.ts";
import { type Import, makeAll } from "./handMade.ts";
import { destroy, drift, type Engine, type Program, startEngine, up } from "./engine.ts";

const preview = ["preview", "--stack", "test"];

describe("what another client of AWS made", function () {
  this.timeout(60_000);
  let cloud: TestCloud;
  let providers: Providers;
  let engine: Engine;
  /** Where what must not be taken in is tried. */
  let other: Engine;
  let imports: readonly Import[];

  before(async () => {
    cloud = await testCloud();
    providers = await serveProviders(cloud);
    engine = await startEngine(providers);
    other = await startEngine(providers);
    imports = await makeAll(cloud);
  });
  after(async () => {
    await engine.close();
    await other.close();
    await providers.close();
    await cloud.close();
  });

  it("is tried with every type", () => {
    const tried = new Set(imports.map(({ type }) => type));
    expect(types.map(({ token }) => token).filter((token) => !tried.has(token))).to.be.empty;
  });

  it("is taken in by a program that says the same", async () => {
    const { output } = await engine.must(up, program(imports, "import"));
    expect(output).to.match(new RegExp(`= ${imports.length} imported`));
    await engine.must(drift, program(imports, "own"));
  });

  it("differs from a program that says otherwise", async () => {
    const wrong = imports.map((one) => {
      const [[name = "", value] = []] = Object.entries(one.inputs);
      const other = Array.isArray(value) ? ["x"] : typeof value === "string" ? `${value}x` : value;
      return { ...one, inputs: { ...one.inputs, [name]: other } };
    });
    const { output } = await other.must([...preview, "--diff"], program(wrong, "import"));
    const different = [...output.matchAll(/^ +(?:\+-|~ )aws:.*\n.*\n.*::made-(\d+)\]/gm)];
    expect(different.map(([, index]) => Number(index))).to.have.members([...imports.keys()]);
  });

  it("is deleted by Pulumi", async () => {
    // An import says nothing of dependencies; what is still in use is waited for.
    await engine.must([...destroy, "--parallel", "64"], () => Promise.resolve({}));
    expect((await cloud.ec2.DescribeVpcs({})).Vpcs).to.be.empty;
    expect(await cloud.left()).to.be.empty;
  });
});

class Any extends pulumi.CustomResource {
  constructor(type: string, name: string, given: { readonly inputs: pulumi.Inputs; readonly id?: string }) {
    super(type, name, given.inputs, given.id === undefined ? {} : { import: given.id });
  }
}

function program(imports: readonly Import[], kind: "import" | "own"): Program {
  return () => {
    for (const [index, { type, id, inputs }] of imports.entries())
      new Any(type, `made-${index}`, { inputs, ...(kind === "import" && { id }) });
    return Promise.resolve({});
  };
}
