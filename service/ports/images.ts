/** An image of the stack's repository, pinned to its digest. */
export interface PinnedImage {
  /** The name it was asked by, without the registry: `shop:1.1`. */
  readonly tag: string;
  /** `<repository URI>@sha256:<64 hex>`. */
  readonly image: string;
}

export interface Images {
  /** `shop:1.1` or the same with its registry. Throws UnknownImage. */
  resolve(name: string, signal: AbortSignal): Promise<PinnedImage>;
}
