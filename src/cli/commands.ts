import type { CommandSpec } from "./command.ts";

/** Every command, in the order in which help lists them: the order of a migration. */
export const COMMANDS: readonly CommandSpec[] = [
  {
    name: "secrets check",
    summary: "check each host's encrypted file without decrypting it",
    details:
      "For each host: is its sops file there and encrypted throughout, does it hold the secret that the Alloy module needs, " +
      "and can the host's key read it? Prints the command that mends each finding and changes nothing. A missing secret is an " +
      "error for hosts that ship with Alloy, a warning for the others.",
    examples: [
      ["secrets check", "a table, and what to do"],
      ["secrets check --json", "the same for a program"],
    ],
    json: true,
    load: () => import("./commands/secrets-check.ts"),
  },
  {
    name: "schema",
    summary: "print the JSON Schema of fleet.yaml",
    details:
      "For editors and other programs. What it cannot say (names that refer to each other, files that must be there) fleet checks itself.",
    examples: [
      [
        "schema > fleet.schema.json",
        "then `# yaml-language-server: $schema=fleet.schema.json` in fleet.yaml completes its keys",
      ],
    ],
    json: true,
    load: () => import("./commands/schema.ts"),
  },
  {
    name: "completion",
    summary: "print a shell completion script",
    arguments: [{ name: "<shell>", description: "the shell", choices: ["bash", "zsh", "fish"] }],
    examples: [
      ["completion bash > /etc/bash_completion.d/fleet", "completes commands and options in bash"],
      ["completion fish | source", "completes them in this fish"],
    ],
    load: () => import("./commands/completion.ts"),
  },
];
