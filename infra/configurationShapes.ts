import Type from "typebox";

/* The shapes of configuration keys that are more than one word or number. */

const variable = "^[A-Za-z_][A-Za-z0-9_]*$";
const secretArn = "^arn:aws[a-z-]*:(secretsmanager|ssm):";
const strict = { additionalProperties: false } as const;
// Not `false`: typebox 1.4's Value.Default fails on a record with it.
const nothingElse = { additionalProperties: Type.Never() };

function variables(value: ReturnType<typeof Type.String>, options: object) {
  return Type.Record(Type.String({ pattern: variable }), value, { ...options, ...nothingElse });
}

export function environment(description: string) {
  return variables(Type.String(), {
    default: {},
    description,
    allowed: "a map of variable names (letters, digits, _) to strings",
  });
}

export function secrets(description: string) {
  return variables(Type.String({ pattern: secretArn }), {
    default: {},
    description,
    allowed: "a map of variable names to ARNs of Secrets Manager secrets or SSM parameters",
  });
}

export function words(description: string) {
  return Type.Array(Type.String({ minLength: 1 }), {
    minItems: 1,
    description,
    allowed: "a list of at least one word",
  });
}

export const sidecar = Type.Object(
  {
    name: Type.String({ pattern: "^[A-Za-z0-9_-]{1,64}$" }),
    image: Type.String({ minLength: 1 }),
    command: Type.Optional(Type.Array(Type.String({ minLength: 1 }), { minItems: 1 })),
    environment: variables(Type.String(), { default: {} }),
    secrets: variables(Type.String({ pattern: secretArn }), { default: {} }),
    essential: Type.Boolean({ default: true }),
  },
  strict,
);

export const smokeQuestion = Type.Object(
  {
    path: Type.String({ pattern: "^/" }),
    method: Type.Optional(Type.String({ pattern: "^[A-Z]+$" })),
    headers: Type.Optional(Type.Record(Type.String(), Type.String())),
    body: Type.Optional(Type.String()),
    status: Type.Optional(Type.Integer({ minimum: 100, maximum: 599 })),
    contains: Type.Optional(Type.String({ minLength: 1 })),
    within: Type.Optional(Type.Integer({ minimum: 1, maximum: 60_000 })),
    needsMigration: Type.Optional(Type.Boolean()),
  },
  strict,
);

export const migration = Type.Object(
  {
    command: Type.Array(Type.String({ minLength: 1 }), { minItems: 1 }),
    compatible: Type.Boolean(),
  },
  {
    ...strict,
    description:
      "A one-off task of the staged release, run after its questions and before traffic moves. `compatible: true` says that the release before it also runs on the schema after it.",
    allowed: "{command: [words], compatible: true or false}",
  },
);
