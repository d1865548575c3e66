import { layerOf, manifestOf, pushBlob } from "../ecr/pushed.ts";
import type { TestCloud } from "./cloud.ts";

const program = `process.on("SIGTERM", () => process.exit(0));
setInterval(() => {}, 60_000);
`;

/**
 * Pushes an image whose task runs until it is stopped, as `shop:<tag>`; the repository is made with it.
 * @returns what a container definition names it
 */
export async function pushed({ ecr }: TestCloud, tag: string): Promise<string> {
  const { repository } = await ecr.CreateRepository({ repositoryName: "shop" });
  const config = { config: { Cmd: ["node", "main.mjs"] } };
  const [settings, layer] = [
    await pushBlob(ecr, Buffer.from(JSON.stringify(config))),
    await pushBlob(ecr, await layerOf({ "main.mjs": program })),
  ];
  await ecr.PutImage({
    ...{ repositoryName: "shop", imageTag: tag, imageManifest: manifestOf(settings, layer) },
  });
  return `${repository?.repositoryUri}:${tag}`;
}
