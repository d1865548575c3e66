import type { Invoke } from "../invoke.ts";
import { filtersOf } from "./filters.ts";

export const getAvailabilityZones: Invoke = {
  token: "aws:index/getAvailabilityZones:getAvailabilityZones",
  title: "EC2 Availability Zones",
  arguments: ["allAvailabilityZones", "excludeNames", "excludeZoneIds", "filters", "region", "state"],
  async run({ ec2, ground }, args) {
    const { AvailabilityZones = [] } = await ec2.DescribeAvailabilityZones({ Filters: filtersOf(args) });
    const [names, ids] = [args["excludeNames"] ?? [], args["excludeZoneIds"] ?? []] as string[][];
    const found = AvailabilityZones.filter(
      ({ ZoneName = "", ZoneId = "", State }) =>
        !names?.includes(ZoneName) &&
        !ids?.includes(ZoneId) &&
        (args["state"] === undefined || args["state"] === State),
    );
    const { region } = ground.identity;
    return {
      ...{ ...args, id: region, region },
      names: found.map(({ ZoneName }) => ZoneName),
      zoneIds: found.map(({ ZoneId }) => ZoneId),
      groupNames: [...new Set(found.map(({ GroupName }) => GroupName))],
    };
  },
};
