import type * as sdk from "@aws-sdk/client-ec2";
import type { Identity } from "../cloud.ts";
import type { Operations } from "../operations.ts";
import { atOnce } from "../atOnce.ts";
import { AwsError } from "../awsError.ts";
import { only } from "../parameters.ts";
import { matches } from "./filters.ts";

export interface Zone {
  /** `eu-central-1a` */
  readonly name: string;
  /** `euc1-az1`: the same place for all accounts. */
  readonly id: string;
}

/** Three availability zones, whatever the region. */
export function zones({ region }: Identity): readonly Zone[] {
  const [area = "", direction = "", number = ""] = region.split("-");
  const short = `${area}${direction.replace(/(north|south|central)?(east|west)?/, (_, a?: string, b?: string) => (a?.[0] ?? "") + (b?.[0] ?? ""))}${number}`;
  return ["a", "b", "c"].map((letter, index) => ({
    ...{ name: `${region}${letter}`, id: `${short}-az${index + 1}` },
  }));
}

type ZoneOperations = Operations<typeof sdk, "DescribeAvailabilityZones">;

export function zoneOperations(identity: Identity): ZoneOperations {
  const { region } = identity;
  return atOnce<ZoneOperations>({
    DescribeAvailabilityZones(input) {
      only("DescribeAvailabilityZones", input, ["Filters", "ZoneNames", "ZoneIds", "AllAvailabilityZones"]);
      const all = zones(identity);
      const unknown = input.ZoneNames?.find((asked) => !all.some(({ name }) => name === asked));
      if (unknown !== undefined)
        throw new AwsError("InvalidParameterValue", `Invalid availability zone: [${unknown}]`);
      const found = all.filter(
        ({ name, id }) =>
          (input.ZoneNames?.includes(name) ?? true) &&
          (input.ZoneIds?.includes(id) ?? true) &&
          matches(
            input.Filters,
            {
              ...{ "zone-name": name, "zone-id": id, "region-name": region, state: "available" },
              ...{ "opt-in-status": "opt-in-not-required", "zone-type": "availability-zone" },
              ...{ "group-name": `${region}-zg-1`, "group-long-name": region },
            },
            new Map(),
          ),
      );
      return {
        AvailabilityZones: found.map(({ name, id }) => ({
          ...{ ZoneName: name, ZoneId: id, RegionName: region, State: "available" },
          ...{ OptInStatus: "opt-in-not-required", ZoneType: "availability-zone" },
          ...{ GroupName: `${region}-zg-1`, NetworkBorderGroup: region, Messages: [] },
        })),
      };
    },
  });
}
