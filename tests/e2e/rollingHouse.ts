import { expect } from "chai";
import { type Load, type Snapshot, startLoad } from "../../bench/load.ts";
import { eventually } from "../rehearsal/eventually.ts";
import { openTestHouse, type TestHouse } from "./testHouse.ts";
import { settled } from "./trial.ts";

const customers = { rate: 120, streams: 2, sockets: 2 };

/** A house whose stack has the rolling engine, and its customers. 1.0 is live on blue, 1.1 is pushed. */
export interface RollingHouse extends TestHouse {
  readonly load: Load;
  /** The figures when all requests that are on their way now have ended. */
  settled(): Promise<Snapshot>;
  /** Fails unless customers have this release from blue alone. */
  serves(release: string): Promise<void>;
}

/** AWS's own delays are a fifth: each of several roll-outs waits for two health checks and a drain. */
export async function openRollingHouse(): Promise<RollingHouse> {
  const house = await openTestHouse({
    speed: 5,
    configuration: {
      ...{ "turnout:engine": "rolling", "turnout:environment": { SHOP_FRONT: "own" } },
      // Longer than the shop's slowest answer, as short as that allows.
      "turnout:deregistrationDelay": "4",
    },
  });
  await house.push("1.1");
  const load = startLoad({ url: house.connection.shop, ...customers });
  await eventually(() => Promise.resolve(expect(load.snapshot().answered).to.be.above(customers.rate)));
  return {
    ...house,
    load,
    settled: () => settled(load),
    serves: async (release) => {
      const { live, colours, weights, drift } = await house.view();
      const blue = { live: "blue", weights: { blue: 100, green: 0 }, drift: [] };
      expect({ live, weights, drift }).to.deep.equal(blue);
      expect(colours.blue.release).to.equal(release);
      expect(colours.green.tasks).to.deep.equal({ desired: 0, running: 0, pending: 0 });
    },
    close: async () => {
      await load.stop();
      await house.close();
    },
  };
}
