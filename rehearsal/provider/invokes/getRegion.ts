import type { Invoke } from "../invoke.ts";

export const getRegion: Invoke = {
  token: "aws:index/getRegion:getRegion",
  title: "AWS Region",
  arguments: ["endpoint", "id", "name", "region"],
  run({ ground }, args) {
    const { region } = ground.identity;
    const asked = args["region"] ?? args["name"] ?? args["id"] ?? region;
    if (asked !== region)
      return Promise.reject(
        new Error(`${JSON.stringify(asked)} is not simulated here; the region is ${region}`),
      );
    const endpoint = `ec2.${region}.amazonaws.com`;
    return Promise.resolve({ id: region, region, name: region, description: region, endpoint });
  },
};
