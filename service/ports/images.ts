/** An image of the stack's repository, pinned to its digest. */
export interface PinnedImage {
  /** The name it was asked by, without the registry: `shop:1.1`. */
  readonly tag: string;
  /** `<repository URI>@sha256:<64 hex>`. */
  readonly image: string;
}

/** Images are pinned: `<repository URI>@sha256:<64 hex>`. */
export interface Images {
  /** `shop:1.1` or the same with its registry. Throws UnknownImage. */
  resolve(name: string, signal: AbortSignal): Promise<PinnedImage>;
  /** The images that the registry's clean-up spares because they are marked. */
  kept(signal: AbortSignal): Promise<readonly string[]>;
  /** Marks an image. Marking it again changes nothing. */
  keep(image: string, signal: AbortSignal): Promise<void>;
  /** Takes the mark away; the image stays for as long as the registry keeps it by itself. */
  forget(image: string, signal: AbortSignal): Promise<void>;
}
