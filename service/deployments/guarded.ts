import type { Cloud } from "../ports/ground.ts";
import type { Journal } from "../ports/runs.ts";
import type { Stacks } from "../ports/stacks.ts";
import { never } from "./never.ts";

/** What a run works on, as it may be written to: only while the run is in hand and has the stack's right of way. */
export function guarded<On extends { readonly cloud: Cloud; readonly stacks: Stacks }>(
  on: On,
  journal: Journal,
): On {
  const { traffic, tasks, revisions, oneOffs, images } = on.cloud;
  const whileAllowed =
    <Args extends readonly unknown[], T>(write: (...args: Args) => Promise<T>) =>
    async (...args: Args): Promise<T> => {
      await journal.mayWrite();
      return write(...args);
    };
  return {
    ...on,
    stacks: {
      ...on.stacks,
      place: whileAllowed((...to) => on.stacks.place(...to)),
      register: whileAllowed((...to) => on.stacks.register(...to)),
    },
    cloud: {
      ...on.cloud,
      traffic: {
        ...traffic,
        // One at a time. A request that is aborted may be carried out all the same, when its run has taken everything
        // back: it is waited for.
        shift: (to) => journal.exclusively(() => traffic.shift(to, never())),
        pointTest: (colour) => journal.exclusively(() => traffic.pointTest(colour, never())),
      },
      tasks: {
        ...tasks,
        scale: whileAllowed((...to) => tasks.scale(...to)),
        suspend: whileAllowed((...to) => tasks.suspend(...to)),
        replace: whileAllowed((...to) => tasks.replace(...to)),
      },
      revisions: { ...revisions, deregister: whileAllowed((...which) => revisions.deregister(...which)) },
      oneOffs: { ...oneOffs, run: whileAllowed((...order) => oneOffs.run(...order)) },
      images: {
        ...images,
        keep: whileAllowed((...which) => images.keep(...which)),
        forget: whileAllowed((...which) => images.forget(...which)),
      },
    },
  };
}
