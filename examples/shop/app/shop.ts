import type { ShopRelease } from "../releases.ts";
import type { Database, Product } from "./database.ts";

/** What the shop's routes are made with. */
export interface Shop {
  readonly release: ShopRelease;
  /** From TURNOUT_COLOUR; `none` without it. */
  readonly colour: string;
  readonly database: Database;
  /** Milliseconds that a payment takes. */
  readonly paymentTime: number;
}

/** A product as this release shows it: with `deliveryDays` where the release has it and the column is there. */
export interface ShownProduct {
  readonly id: number;
  readonly name: string;
  readonly description: string;
  readonly priceCents: number;
  readonly deliveryDays?: number;
}

export function shown({ release }: Shop, product: Product): ShownProduct {
  const { id, name, description, price_cents, delivery_days } = product;
  return {
    id,
    name,
    description,
    priceCents: price_cents,
    ...(release.showsDelivery && delivery_days !== undefined && { deliveryDays: delivery_days }),
  };
}
