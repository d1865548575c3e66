import type { Journal } from "../../service/ports/runs.ts";
import type { Asking, Scene } from "./remoteGround.ts";

/** A journal that tells where its run is, and goes on only when the test's process has heard it. */
export function watched(journal: Journal, scene: Scene, ask: Asking): Journal {
  const inStep = async <T>(name: string, act: () => Promise<T>): Promise<T> => {
    scene.step = name;
    await ask(scene, { moment: "begin" });
    const answer = await act();
    await ask(scene, { moment: "acted" });
    return answer;
  };
  const recorded = async (name: string) => {
    scene.step = name;
    await ask(scene, { moment: "recorded" });
    scene.step = undefined;
  };
  return {
    ...journal,
    once: async (name, act) => {
      const answer = await journal.once(name, () => inStep(name, act));
      await recorded(name);
      return answer;
    },
    // Between the steps a run asks without waiting; in a step it listens.
    messages: async (wait) => {
      const all = await journal.messages(wait);
      if (wait) await ask(scene, { moment: "heard" });
      return all;
    },
    take: (phase) => inStep(`take ${phase}`, () => journal.take(phase)),
    follow: async (run) => {
      await inStep("follow", () => journal.follow(run));
      await recorded("follow");
    },
  };
}
