import { Argument, Command, CommanderError, Option } from "commander";
import { error, FleetError } from "../diagnostics/index.ts";
import type { CommandSpec, ExitCode, Invocation } from "./command.ts";
import { COMMANDS } from "./commands.ts";
import type { Io } from "./io.ts";
import { version } from "./version.ts";

export interface Parsed {
  command: CommandSpec;
  invocation: Invocation;
}

/**
 * Turns a command line into the command to run and its options, or into an exit code when it only asked for
 * help. Runs nothing.
 *
 * @throws FleetError `cli/usage` for an unknown command, option or missing argument.
 */
export function parseCommandLine(
  argv: readonly string[],
  io: Pick<Io, "out" | "columns">,
  commands: readonly CommandSpec[] = COMMANDS,
): Parsed | ExitCode {
  let parsed: Parsed | undefined;
  const program = new Command("fleet")
    .description(
      "Moves a NixOS fleet from Promtail to Grafana Alloy without losing a log line, and keeps it right.",
    )
    .version(version(), "-V, --version", "print the version")
    .helpOption("-h, --help", "print help")
    .helpCommand("help [command]", "print help for a command")
    .addHelpText("after", "\nExit codes: 0 clean, 1 findings, 2 could not run.");
  for (const spec of commands) {
    addCommand(program, spec).action((...values: unknown[]) => {
      const own = values.at(-1) as Command;
      const { repo, json, quiet, ...options } = own.opts<Record<string, unknown>>();
      parsed = {
        command: spec,
        invocation: {
          arguments: values.slice(0, -2) as Invocation["arguments"],
          options,
          repo: typeof repo === "string" ? repo : undefined,
          json: json === true,
        },
      };
    });
  }
  const every = [program, ...program.commands, ...program.commands.flatMap((command) => command.commands)];
  for (const command of every) {
    command
      .exitOverride()
      .showSuggestionAfterError()
      .configureOutput({
        writeOut: (text) => io.out(text),
        writeErr: () => undefined,
        getOutHelpWidth: () => Math.max(80, Math.min(io.columns, 110)),
      });
  }
  try {
    if (argv.length === 0) program.outputHelp();
    else program.parse([...argv], { from: "user" });
  } catch (caught) {
    if (!(caught instanceof CommanderError)) throw caught;
    if (caught.exitCode === 0) return 0;
    if (caught.code === "commander.help") {
      throw usage("which of its commands?", argv[0]);
    }
    throw usage(caught.message.replace(/^error: /, ""), argv[0]);
  }
  return parsed ?? 0;
}

function usage(message: string, command: string | undefined): FleetError {
  const topic = COMMANDS.some((spec) => spec.name.split(" ")[0] === command) ? ` ${command ?? ""}` : "";
  return new FleetError(error("cli/usage", message, { hint: `fleet${topic} --help lists what it takes` }));
}

/** The values of a repeatable option so far, with one more. */
function collect(value: string, before: readonly string[] = []): string[] {
  return [...before, value];
}

/** Adds one command; a name of two words (`secrets check`) becomes a command of a group. */
function addCommand(program: Command, spec: CommandSpec): Command {
  const words = spec.name.split(" ");
  const last = words.pop() ?? spec.name;
  let parent = program;
  for (const word of words) {
    parent =
      parent.commands.find((command) => command.name() === word) ??
      parent.command(word).description(`${word} commands`).helpOption("-h, --help", "print help");
  }
  const command = parent
    .command(last)
    .summary(spec.summary)
    .description(spec.details === undefined ? spec.summary : `${spec.summary}\n\n${spec.details}`);
  for (const { name, description, choices } of spec.arguments ?? []) {
    const argument = new Argument(name, description);
    command.addArgument(choices === undefined ? argument : argument.choices([...choices]));
  }
  for (const option of spec.options ?? []) {
    const made = new Option(option.flags, option.description);
    if (option.repeatable === true) made.argParser(collect);
    command.addOption(option.choices === undefined ? made : made.choices([...option.choices]));
  }
  command.option("--repo <dir>", "the repository to work on (default: the one it stands in)");
  if (spec.json === true) command.option("--json", "print one JSON document on stdout");
  command.option("-q, --quiet", "no progress on stderr").helpOption("-h, --help", "print help");
  const examples = spec.examples.map(([line, meaning]) => `  fleet ${line}\n      ${meaning}`);
  if (examples.length > 0) command.addHelpText("after", `\nExamples:\n${examples.join("\n")}`);
  return command;
}
