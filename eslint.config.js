import tseslint from "typescript-eslint";

export default tseslint.config(
  { ignores: ["node_modules", ".tap", "test/oracle", "test/fixtures", "**/*.cjs", "**/*.js"] },
  ...tseslint.configs.strictTypeChecked,
  {
    languageOptions: { parserOptions: { projectService: true, tsconfigRootDir: import.meta.dirname } },
    rules: {
      "@typescript-eslint/switch-exhaustiveness-check": [
        "error",
        { considerDefaultExhaustiveForUnions: true },
      ],
      "@typescript-eslint/restrict-template-expressions": [
        "error",
        { allowNumber: true, allowBoolean: true },
      ],
      "@typescript-eslint/no-confusing-void-expression": ["error", { ignoreArrowShorthand: true }],
      "@typescript-eslint/consistent-type-imports": "error",
      "@typescript-eslint/no-unused-vars": ["error", { ignoreRestSiblings: true }],
      "no-console": "error",
      "no-restricted-globals": ["error", { name: "RegExp", message: "User patterns are RE2: use re2js." }],
    },
  },
  {
    // tap's assertions return booleans and promises that a test may leave alone.
    files: ["test/**"],
    rules: {
      "@typescript-eslint/no-floating-promises": "off",
      "@typescript-eslint/no-unsafe-assignment": "off",
      "@typescript-eslint/no-unsafe-member-access": "off",
      "no-restricted-globals": "off",
    },
  },
  {
    files: ["scripts/**"],
    rules: { "no-console": "off", "no-restricted-globals": "off" },
  },
);
