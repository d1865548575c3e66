import js from "@eslint/js";
import globals from "globals";
import tseslint from "typescript-eslint";

const rooms = ["infra", "service", "rehearsal", "postgres", "examples", "scripts", "tests", "bench"];

/** Imports run one way: a room may import itself and the rooms named here, nothing else of the house. */
const mayImport = {
  infra: [],
  postgres: [],
  examples: [],
  rehearsal: [],
  service: ["infra", "postgres"],
};

const oneWay = Object.entries(mayImport).map(([room, allowed]) => ({
  files: [`${room}/**/*.ts`],
  rules: {
    "no-restricted-imports": [
      "error",
      {
        patterns: rooms
          .filter((other) => other !== room && !allowed.includes(other))
          .map((other) => ({ regex: `^(\\.\\./)+${other}/`, message: `${room}/ does not import ${other}/` })),
      },
    ],
  },
}));

export default tseslint.config(
  { ignores: ["node_modules", ".turnout"] },
  js.configs.recommended,
  {
    files: ["**/*.ts"],
    extends: [tseslint.configs.recommendedTypeChecked],
    languageOptions: { parserOptions: { projectService: true } },
    rules: {
      "@typescript-eslint/no-floating-promises": "error",
      "@typescript-eslint/switch-exhaustiveness-check": "error",
      "@typescript-eslint/no-unused-vars": ["error", { argsIgnorePattern: "^_" }],
    },
  },
  {
    files: ["tests/**/*.ts"],
    rules: {
      // chai's assertions are property reads
      "@typescript-eslint/no-unused-expressions": "off",
    },
  },
  { files: ["**/*.{js,mjs}"], languageOptions: { globals: globals.node } },
  ...oneWay,
);
