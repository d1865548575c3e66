import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { expect } from "chai";

const root = join(import.meta.dirname, "..");

describe("the rooms that run in production", () => {
  for (const room of ["infra", "service"])
    it(`${room}/ knows nothing of a rehearsal`, () => {
      const files = readdirSync(join(root, room), { recursive: true, encoding: "utf8" }).filter((file) =>
        /\.[cm]?[jt]s$/.test(file),
      );
      expect(files.length).to.be.above(20);
      expect(
        files.filter((file) => /rehears/i.test(readFileSync(join(root, room, file), "utf8"))),
      ).to.deep.equal([]);
    });
});
