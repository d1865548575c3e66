import type { Release } from "../../infra/release.ts";
import type { Step } from "../deployments/step.ts";
import { UnknownImage } from "../errors/refusals.ts";
import { keepAll, recordedImages } from "./keepImages.ts";

/**
 * The image was resolved when the request came; here it is still what it was then. From now on the registry's clean-up
 * spares it, and what an undo would need.
 */
export function checkImage(release: Release): Step {
  return {
    name: "check-image",
    title: `check the image ${release.tag}`,
    run: async (at) => {
      const { cloud, signal, snapshot } = at;
      const found = await cloud.images.resolve(release.tag, signal);
      if (found.image !== release.image) {
        throw new UnknownImage({
          image: release.tag,
          repository: snapshot.outputs.repository,
          why: `its digest was ${digestOf(release.image)} when the request came, and is ${digestOf(found.image)} now`,
        });
      }
      await keepAll(at, [release.image, ...recordedImages(snapshot.outputs.record)]);
      return { evidence: `${release.tag} is ${digestOf(release.image)}` };
    },
  };
}

function digestOf(image: string): string {
  return image.slice(image.indexOf("@") + 1, image.indexOf("@") + 20);
}
