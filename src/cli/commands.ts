import type { CommandSpec } from "./command.ts";

/** Every command, in the order in which help lists them: the order of a migration. */
export const COMMANDS: readonly CommandSpec[] = [
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
