/** What a rolling deployment records as far as its questions. */
const rolled = [
  ...["take forward", "begin", "check-image", "register", "point-of-no-return", "migrate"],
  ...["smoke-former", "roll", "healthy", "smoke"],
];

/**
 * What each scenario's run records, in order, and which of it waits: all else has no moment "while waiting". Taking the
 * right of way (`take`) is recorded in the stack's epoch and not in the journal, so it has none "after the checkpoint".
 */
export const stepsOf: Readonly<
  Record<string, { readonly steps: readonly string[]; readonly waits: readonly string[] }>
> = {
  "blue-green": {
    steps: [
      ...["take forward", "begin", "check-image", "stage", "healthy", "smoke", "point-of-no-return"],
      ...["migrate", "smoke-again", "shift", "bake", "close", "end", "follow"],
    ],
    waits: ["healthy", "migrate", "bake"],
  },
  canary: {
    steps: [
      ...["take forward", "begin", "check-image", "stage", "healthy", "smoke", "point-of-no-return"],
      ...["migrate", "smoke-again", "shift-10", "watch-10", "shift", "bake", "close", "end", "follow"],
    ],
    waits: ["healthy", "migrate", "watch-10", "bake"],
  },
  rollback: {
    steps: [
      ...["take forward", "begin", "check-image", "stage", "healthy", "smoke", "point-of-no-return"],
      ...["migrate", "smoke-again", "shift-10", "watch-10", "shift", "bake"],
      ...["take back", "undo shift", "undo shift-10", "undo stage", "end"],
    ],
    waits: ["healthy", "migrate", "watch-10", "bake"],
  },
  "undo-warm": {
    steps: ["take forward", "begin", "shift", "rest", "close", "end"],
    waits: [],
  },
  "undo-from-zero": {
    steps: ["take forward", "begin", "warm", "healthy", "shift", "rest", "close", "end"],
    waits: ["healthy"],
  },
  "undo-that-fails": {
    steps: ["take forward", "begin", "warm", "healthy", "take back", "undo warm", "end", "call"],
    waits: [],
  },
  rolling: {
    steps: [...rolled, ...["bake", "close", "end", "follow"]],
    waits: ["migrate", "healthy", "bake"],
  },
  "rolling-rollback": {
    steps: [...rolled, ...["take back", "undo roll", "undo register", "end"]],
    waits: ["migrate", "healthy", "smoke", "undo roll"],
  },
  "undo-rolling": {
    steps: ["take forward", "begin", "go-back", "healthy", "record", "close", "end"],
    waits: ["healthy"],
  },
  rest: {
    steps: ["take forward", "begin", "look", "rest", "tidy", "close", "end"],
    waits: [],
  },
  warm: {
    steps: ["take forward", "begin", "warm", "healthy", "close", "end", "follow"],
    waits: ["healthy"],
  },
};
