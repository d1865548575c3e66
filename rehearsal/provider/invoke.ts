import type { ProviderCloud } from "./providerCloud.ts";
import type { Bag } from "./resourceType.ts";

/** A function of the provider: it reads AWS and changes nothing. */
export interface Invoke {
  /** `aws:index/getRegion:getRegion` */
  readonly token: string;
  /** As the real provider's errors call it: `reading ECR Images: …` */
  readonly title: string;
  readonly arguments: readonly string[];
  run(cloud: ProviderCloud, args: Bag): Promise<Bag>;
}
