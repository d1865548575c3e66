/** The resource's own type: `urn:pulumi:dev::shop::a:b:C$aws:ecs/service:Service::blue` -> `aws:ecs/service:Service` */
export function typeOf(urn: string): string {
  return urn.split("::")[2]?.split("$").at(-1) ?? "";
}

/** The resource's name in the program, which may have `::` in it. */
export function nameOf(urn: string): string {
  return urn.split("::").slice(3).join("::");
}
