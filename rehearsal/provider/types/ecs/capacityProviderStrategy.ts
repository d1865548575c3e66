import { block } from "../../schema/block.ts";
import { setOf } from "../../schema/collections.ts";
import { count, text } from "../../schema/leaves.ts";

/** How tasks are spread over capacity providers (FARGATE, FARGATE_SPOT). */
export const capacityProviderStrategy = setOf(
  block({
    capacityProvider: { kind: text, required: true },
    weight: { kind: count, default: 0 },
    base: { kind: count, default: 0 },
  }),
);
