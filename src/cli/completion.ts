import type { CommandSpec, OptionSpec } from "./command.ts";

export type Shell = "bash" | "zsh" | "fish";

/** A completion script for `shell`, made from the command table: commands, their options and option values. */
export function completionScript(shell: Shell, commands: readonly CommandSpec[]): string {
  switch (shell) {
    case "bash":
      return bash(commands);
    case "zsh":
      return `#compdef fleet\nautoload -U +X bashcompinit && bashcompinit\n${bash(commands)}`;
    case "fish":
      return fish(commands);
  }
}

interface Flag {
  long: string;
  short: string | undefined;
  takesValue: boolean;
  choices: readonly string[];
  description: string;
}

/** The options of a command, those that every command has included. */
function flagsOf(command: CommandSpec): Flag[] {
  const common: OptionSpec[] = [
    { flags: "--repo <dir>", description: "the repository to work on" },
    { flags: "-q, --quiet", description: "no progress on stderr" },
    { flags: "-h, --help", description: "print help" },
    ...(command.json === true ? [{ flags: "--json", description: "print one JSON document" }] : []),
  ];
  return [...(command.options ?? []), ...common].map((option) => ({
    long: /--[\w-]+/.exec(option.flags)?.[0] ?? option.flags,
    short: /^-\w/.exec(option.flags)?.[0],
    takesValue: /[<[]/.test(option.flags),
    choices: option.choices ?? [],
    description: option.description,
  }));
}

/** First words of all commands, and for groups (`secrets check`) the words that may follow. */
function words(commands: readonly CommandSpec[]): Map<string, string[]> {
  const found = new Map<string, string[]>();
  for (const { name } of commands) {
    const [first = name, second] = name.split(" ");
    const following = found.get(first) ?? [];
    found.set(first, second === undefined ? following : [...following, second]);
  }
  return found;
}

function bash(commands: readonly CommandSpec[]): string {
  const first = words(commands);
  const lines = [
    "_fleet() {",
    '  local cur=${COMP_WORDS[COMP_CWORD]} prev=${COMP_WORDS[COMP_CWORD-1]} command=""',
  ];
  lines.push("  COMPREPLY=()", '  case "${COMP_WORDS[1]} ${COMP_WORDS[2]-}" in');
  for (const { name } of commands) lines.push(`    "${name} "*|"${name}") command="${name}" ;;`);
  lines.push("  esac", '  case "$command $prev" in');
  for (const command of commands) {
    for (const flag of flagsOf(command)) {
      if (flag.choices.length === 0) continue;
      lines.push(
        `    "${command.name} ${flag.long}") COMPREPLY=($(compgen -W "${flag.choices.join(" ")}" -- "$cur")); return ;;`,
      );
    }
  }
  lines.push("  esac", '  if [ "$COMP_CWORD" = 1 ]; then');
  lines.push(
    `    COMPREPLY=($(compgen -W "${[...first.keys()].join(" ")} help --version" -- "$cur")); return`,
    "  fi",
  );
  for (const [word, following] of first) {
    if (following.length === 0) continue;
    lines.push(`  if [ "$COMP_CWORD" = 2 ] && [ "\${COMP_WORDS[1]}" = ${word} ]; then`);
    lines.push(`    COMPREPLY=($(compgen -W "${following.join(" ")}" -- "$cur")); return`, "  fi");
  }
  lines.push(
    '  case "$cur" in -*) ;; *) COMPREPLY=($(compgen -f -- "$cur")); return ;; esac',
    '  case "$command" in',
  );
  for (const command of commands) {
    const flags = flagsOf(command).map((flag) => flag.long);
    lines.push(`    "${command.name}") COMPREPLY=($(compgen -W "${flags.join(" ")}" -- "$cur")) ;;`);
  }
  lines.push("  esac", "}", "complete -o filenames -F _fleet fleet scripts/fleet", "");
  return lines.join("\n");
}

function fish(commands: readonly CommandSpec[]): string {
  const quote = (text: string): string => `'${text.replaceAll("\\", "\\\\").replaceAll("'", "\\'")}'`;
  const lines = ["complete -c fleet -e"];
  for (const [word, following] of words(commands)) {
    const summary = commands.find((command) => command.name === word)?.summary ?? `${word} commands`;
    lines.push(`complete -c fleet -f -n __fish_use_subcommand -a ${word} -d ${quote(summary)}`);
    for (const second of following)
      lines.push(`complete -c fleet -f -n '__fish_seen_subcommand_from ${word}' -a ${second}`);
  }
  for (const command of commands) {
    const condition = command.name.split(" ").map((word) => `__fish_seen_subcommand_from ${word}`);
    for (const flag of flagsOf(command)) {
      const parts = [`complete -c fleet -n ${quote(condition.join("; and "))}`, `-l ${flag.long.slice(2)}`];
      if (flag.short !== undefined) parts.push(`-s ${flag.short.slice(1)}`);
      if (flag.takesValue) parts.push("-r");
      if (flag.choices.length > 0) parts.push(`-f -a ${quote(flag.choices.join(" "))}`);
      lines.push([...parts, `-d ${quote(flag.description)}`].join(" "));
    }
  }
  return `${lines.join("\n")}\n`;
}
