/** Starts the message of a refused placement, so that who runs the update can tell it from other failures. */
export const refusals = {
  neverApplied: "Placement refused: the stack was never applied.",
  configuration: "Placement refused: the configuration is not the one that was last applied.",
  program: "Placement refused: another version of the program was last applied.",
} as const;
