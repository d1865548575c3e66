import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { buildImage } from "../../../examples/shop/images.ts";
import type { ReleaseName } from "../../../examples/shop/releases.ts";
import { startPostgres } from "../../../postgres/postgres.ts";

/** A Postgres and a folder of images for one file of tests. */
export interface ShopGround {
  readonly databaseUrl: string;
  /** The folder of a release's image, built on first use. */
  image(name: ReleaseName): Promise<string>;
  close(): Promise<void>;
}

export async function shopGround(): Promise<ShopGround> {
  const folder = await mkdtemp(join(tmpdir(), "shop-tests-"));
  const postgres = await startPostgres({ folder: join(folder, "postgres") });
  const images = new Map<ReleaseName, Promise<string>>();
  return {
    databaseUrl: postgres.url,
    image: (name) => {
      const built = images.get(name) ?? buildImage(name, join(folder, name));
      images.set(name, built);
      return built;
    },
    close: async () => {
      await postgres.stop();
      await rm(folder, { recursive: true, force: true });
    },
  };
}
