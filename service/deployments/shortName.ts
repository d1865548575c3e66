/** `arn:aws:ecs:…:task-definition/shop-blue:7` as `shop-blue:7`. */
export function shortName(arn: string): string {
  return arn.slice(arn.lastIndexOf("/") + 1);
}
