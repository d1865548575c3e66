import { expect } from "chai";
import type { Message } from "../../service/ports/runs.ts";
import { cutOff, type Outcome } from "./cuts.ts";
import { startDatabases, type Databases } from "./databases.ts";
import { say } from "./figures.ts";
import { openLane, type Lane } from "./lane.ts";
import { pointsOf, sayPoint, type Point } from "./moments.ts";
import { scenarios, type Scenario } from "./scenarios.ts";

/** Runs that stand at their points at the same time. */
const together = 8;

describe("a deployment that is told to stop, and whose instance is killed right then", function () {
  this.timeout(180_000);
  const scenario = scenarios.find(({ name }) => name === "canary") as Scenario;
  let databases: Databases;
  const lanes: Lane[] = [];
  const outcomes: Outcome[] = [];

  before(async () => {
    databases = await startDatabases();
    for (const name of ["told1", "told2"])
      lanes.push(await openLane({ name, url: await databases.make(name) }));
    const [first] = lanes as [Lane];
    const [whole] = (await cutOff(first, [{ scenario, stack: "whole" }])).outcomes;
    if (!whole) throw new Error("no run");
    const todo = pointsOf(whole.stack.trace, whole.run).map((point, index) => ({
      ...{ scenario, point, stack: `told-${index}` },
      told: messages[index % messages.length] as Message,
    }));
    await Promise.all(
      lanes.map(async (lane) => {
        while (todo.length > 0) outcomes.push(...(await cutOff(lane, todo.splice(0, together))).outcomes);
      }),
    );
  });
  after(async () => {
    await Promise.all(lanes.map((lane) => lane.close()));
    await databases.stop();
  });

  it("stops, and leaves a clean slate", () => {
    const stopped = outcomes.filter(({ heard }) => heard);
    say(`${outcomes.length} runs killed, ${stopped.length} of them told to stop just before`);
    expect(stopped.length).to.be.above(40);
    for (const { cut, view, stack } of stopped) {
      const where = sayCut(cut);
      const { blue, green } = stack.world.colours;
      expect(view.status, where).to.equal(expectedEnd(cut));
      expect(stack.world.weights, where).to.deep.equal({ blue: 100, green: 0 });
      expect([blue.desired, green.desired], where).to.deep.equal([3, 0]);
      expect(blue.suspended, where).to.deep.equal({ in: false, out: false, scheduled: false });
    }
  });

  it("takes no notice once it has closed", () => {
    const late = outcomes.filter(({ heard }) => !heard);
    expect(late).not.to.deep.equal([]);
    for (const { cut, view, stack } of late) {
      expect(["close", "end", "follow"], sayCut(cut)).to.include(cut.point?.step);
      expect(view.status, sayCut(cut)).to.equal("succeeded");
      expect(stack.world.weights).to.deep.equal({ blue: 0, green: 100 });
    }
  });

  it("sees a migration through that it had begun, and says that it ran", () => {
    const begun = outcomes.filter(({ state }) => state.migrations.length > 0);
    expect(begun.filter(({ cut }) => cut.point?.step === "migrate")).not.to.deep.equal([]);
    for (const { state, view, cut } of begun) {
      expect(state.migrations, sayCut(cut)).to.have.length(1);
      expect(view.migrated, sayCut(cut)).to.equal("incompatible");
    }
  });

  it("begins no migration after it was told", () => {
    const before = outcomes.filter(
      ({ cut }) => cut.point?.at === "before the effect" && isMigration(cut.point),
    );
    expect(before).to.have.length(1);
    for (const { state } of before) expect(state.migrations).to.deep.equal([]);
  });
});

const messages: readonly Message[] = [{ kind: "cancel" }, { kind: "undo", acceptMigrated: true }];

function isMigration({ call }: Point): boolean {
  return call?.startsWith("oneOffs.run") ?? false;
}

/** A run that had not begun never begins. */
function expectedEnd({ point, told }: Outcome["cut"]): Outcome["view"]["status"] {
  if (told?.kind === "cancel") return "cancelled";
  return point?.step === "take forward" && point.at === "before the effect" ? "superseded" : "rolled-back";
}

function sayCut({ point, told }: Outcome["cut"]): string {
  return `${told?.kind ?? "nothing"} at ${point ? sayPoint(point) : "no point"}`;
}
