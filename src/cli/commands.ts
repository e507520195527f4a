import type { CommandSpec } from "./command.ts";

/** Every command, in the order in which help lists them: the order of a migration. */
export const COMMANDS: readonly CommandSpec[] = [
  {
    name: "init",
    summary: "write fleet.yaml for an existing repository",
    details:
      "Reads hosts (hosts/*/configuration.nix), their channels (a line such as nixos-26.05 in hosts/NAME/channel, or --channel), the " +
      "shared modules that they import and their sops files, and evaluates the shared Promtail module to learn where logs go. A host " +
      "whose imports only have a note that Promtail was dropped becomes the canary. Writes fleet.yaml and nothing else.",
    options: [
      {
        flags: "--channel <release...>",
        description: "NixOS release of hosts that do not say theirs: 26.05, or nas=26.05",
      },
      { flags: "--loki-url <url>", description: "push URL, instead of the one that the Promtail module has" },
      { flags: "--loki-username <name>", description: "user name for basic authentication, likewise" },
      { flags: "--force", description: "replace a fleet.yaml that is there" },
      { flags: "--dry-run", description: "print the manifest and write nothing" },
    ],
    examples: [
      ["init", "writes fleet.yaml and shows what it found"],
      ["init --dry-run", "prints what it would write"],
      ["init --channel 25.11 --channel nas=26.05", "for a repository that does not say its channels"],
    ],
    json: true,
    load: () => import("./commands/init.ts"),
  },
  {
    name: "generate",
    summary: "write the Alloy module and wire the hosts that ship with Alloy",
    details:
      "Evaluates the Promtail module that the manifest names, converts its configuration, and writes modules/alloy/default.nix, " +
      "modules/alloy/config.alloy and the import in the files of hosts with `ship: alloy`, all or nothing. Files that fleet did not " +
      "write are left alone, as are secrets and system.stateVersion. With --check nothing is written: the diff is printed, and the " +
      "exit code is 1 when there is one.",
    options: [
      { flags: "--check", description: "write nothing; exit 1 with a diff when the tree is stale" },
      { flags: "--host <name...>", description: "wire only these hosts (default: all with `ship: alloy`)" },
      { flags: "--force", description: "overwrite files in the module's place that fleet did not write" },
    ],
    examples: [
      ["generate", "writes what is missing or stale"],
      ["generate --check", "for continuous integration: is what is committed what fleet would write?"],
      ["generate --host nas", "wires nas alone"],
    ],
    json: true,
    load: () => import("./commands/generate.ts"),
  },
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
    name: "convert",
    summary: "convert a promtail configuration to Alloy",
    details:
      "Prints what `alloy convert --source-format=promtail` of Alloy 1.18 prints, and on stderr each thing that this text loses " +
      "or changes, with what would keep it. With --faithful it prints the text that keeps it. Reads YAML or JSON; - is stdin. " +
      "Exits 1, and prints no text, when promtail or the converter would refuse the configuration.",
    arguments: [{ name: "<promtail>", description: "the promtail configuration" }],
    options: [
      { flags: "-o, --output <file>", description: "write the text there in place of stdout" },
      { flags: "--report <file>", description: "write the diagnostics there too" },
      { flags: "--faithful", description: "do what promtail does where the converter's text would not" },
      {
        flags: "--password-env <name>",
        description: "take the password from this environment variable, not a file",
      },
    ],
    examples: [
      ["convert promtail.yaml", "the text of alloy convert, and what it loses"],
      [
        "convert promtail.yaml --faithful --password-env LOKI_PASSWORD -o config.alloy",
        "a file to start from",
      ],
    ],
    json: true,
    load: () => import("./commands/convert.ts"),
  },
  {
    name: "parity",
    summary: "compare an Alloy configuration with the promtail configuration it replaces",
    details:
      "Component by component: sources, relabelling, pipeline, writers. Components belong together by what they are for, so labels " +
      "may differ; the spelling of durations and sizes, written defaults and the order of attributes do not count. Only the named " +
      "differences pass: credential (the secret comes from elsewhere) and positions (promtail's cursor). With --with alloy a real " +
      "alloy on PATH converts and formats too.",
    options: [
      { flags: "--promtail <file>", description: "the promtail configuration, YAML or JSON" },
      { flags: "--alloy <file>", description: "the Alloy configuration" },
      { flags: "--with <program>", description: "ask the real program too", choices: ["alloy"] },
    ],
    examples: [
      [
        "parity --promtail promtail.yaml --alloy modules/alloy/config.alloy",
        "a table, and the first differing stage",
      ],
      ["parity --promtail promtail.yaml --alloy config.alloy --json", "the same for a program"],
    ],
    json: true,
    load: () => import("./commands/parity.ts"),
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
