/** How a bad release misbehaves. A good one has none of these. */
export interface Faults {
  /** Paths that begin so answer 500. The health check asks none of them. */
  readonly errorOn?: string;
  /** Milliseconds that every answer but the health check's comes later. */
  readonly slowBy?: number;
  /** The process dies so many seconds after customers came. Environment CRASH_AFTER overrides it. */
  readonly crashAfter?: number;
}

/** A release of the shop: everything in which it differs from the others. It lies in the image as release.json. */
export interface ShopRelease {
  readonly name: string;
  /** Files of migrations/, in order: what the schema needs for this release. */
  readonly migrations: readonly string[];
  /** File of front/: the web server's configuration. */
  readonly configuration: string;
  /** Whether pages and API show `delivery_days`, where the column is there. */
  readonly showsDelivery: boolean;
  readonly faults: Faults;
}

const oneZero = {
  migrations: ["001_shop.sql"],
  configuration: "nginx.conf",
  showsDelivery: false,
  faults: {},
} as const;

const oneOne = {
  ...oneZero,
  migrations: ["001_shop.sql", "002_delivery_days.sql"],
  showsDelivery: true,
} as const;

/** Every release, the good ones first. Those named 1.2-… are 1.1 with one mistake each. */
export const releases = {
  "1.0": { name: "1.0", ...oneZero },
  "1.1": { name: "1.1", ...oneOne },
  // A third one, so that neither colour has stood with what comes next.
  "1.1.1": { name: "1.1.1", ...oneOne },
  "1.2-bad-config": { name: "1.2-bad-config", ...oneOne, configuration: "nginx.bad.conf" },
  "1.2-error-page": { name: "1.2-error-page", ...oneOne, faults: { errorOn: "/products" } },
  "1.2-crash": { name: "1.2-crash", ...oneOne, faults: { crashAfter: 20 } },
  // More than a smoke question's default `within` of 2 s.
  "1.2-slow": { name: "1.2-slow", ...oneOne, faults: { slowBy: 2500 } },
  "1.2-bad-migration": {
    name: "1.2-bad-migration",
    ...oneOne,
    migrations: [...oneOne.migrations, "003_currency.sql"],
  },
} as const satisfies Record<string, ShopRelease>;

export type ReleaseName = keyof typeof releases;
