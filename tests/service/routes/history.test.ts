import { expect } from "chai";
import type { Deployment } from "../../../service/deployments/deployment.ts";
import { fakeApp } from "../fakes/fakeApp.ts";

interface Page {
  readonly deployments: readonly Deployment[];
  readonly next?: string;
}

describe("the history", () => {
  async function withRuns() {
    const { ask, house } = await fakeApp();
    for (const version of ["1.1", "1.0", "1.1"]) await house.deployed(version);
    const all = (await ask("GET", "/deployments")).json<Page>().deployments.map(({ id }) => id);
    return { ask, all };
  }

  it("comes in pages that follow each other, each run once", async () => {
    const { ask, all } = await withRuns();
    const seen: string[] = [];
    let next: string | undefined = "";
    while (next !== undefined) {
      const answer = await ask("GET", `/deployments?limit=2${next && `&cursor=${next}`}`);
      const page: Page = answer.json<Page>();
      seen.push(...page.deployments.map(({ id }) => id));
      next = page.next;
    }
    expect(seen).to.deep.equal(all);
    expect(seen).to.have.length(6);
  });

  it("refuses a cursor that it did not make, and says how to get one", async () => {
    const { ask } = await withRuns();
    // The database would take none of these, though a date can be read from each.
    const made = ["0 x", "2026-03-01T12:00:00.000Z a\0b", "March 7 x"].map((text) =>
      Buffer.from(text).toString("base64url"),
    );
    for (const cursor of ["yesterday", ...made]) {
      const answer = await ask("GET", `/deployments?cursor=${cursor}`);
      expect(answer.statusCode, cursor).to.equal(400);
      expect(answer.json<{ next: string }>().next).to.contain("Leave `cursor` out");
    }
  });

  it("is exported as JSON lines, filtered as the list is", async () => {
    const { ask, all } = await withRuns();
    const answer = await ask("GET", "/deployments/export");
    expect(answer.headers["content-type"]).to.contain("application/x-ndjson");
    const lines = answer.body
      .trim()
      .split("\n")
      .map((line) => (JSON.parse(line) as Deployment).id);
    expect(lines).to.deep.equal(all);
    const queued = await ask("GET", "/deployments/export?status=queued");
    expect(queued.body.trim().split("\n")).to.have.length(3);
  });
});
