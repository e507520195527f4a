import type { Io } from "./io.ts";

/** 0 clean, 1 findings, 2 could not run. */
export type ExitCode = 0 | 1 | 2;

export interface OptionSpec {
  /** As commander writes it: `-o, --output <file>`, `--check`, `--host <name...>`. */
  flags: string;
  description: string;
  choices?: readonly string[];
  /** True for an option with one value that may be given several times; the values are an array. */
  repeatable?: true;
}

export interface ArgumentSpec {
  /** As commander writes it: `<file...>`, `[scenario]`. */
  name: string;
  description: string;
  choices?: readonly string[];
}

/**
 * One row of the command table. Help, completion and the README's table are made from it; the command's code
 * is imported only when it is called.
 */
export interface CommandSpec {
  name: string;
  summary: string;
  /** More for `--help`: what it reads, writes and exits with. */
  details?: string;
  arguments?: readonly ArgumentSpec[];
  options?: readonly OptionSpec[];
  /** Command lines without the leading `fleet`, with what each does. */
  examples: readonly (readonly [line: string, meaning: string])[];
  /** True when the command knows `--json`. */
  json?: boolean;
  load: () => Promise<CommandModule>;
}

export interface CommandModule {
  run: Run;
}

/** What was on the command line, before the command checks it. */
export interface Invocation {
  /** Positional arguments in order; a variadic one is an array. */
  arguments: readonly (string | readonly string[] | undefined)[];
  /** Options under their camel-cased long names. */
  options: Readonly<Record<string, unknown>>;
  /** `--repo DIR`, when given. */
  repo: string | undefined;
  json: boolean;
}

export type Run = (invocation: Invocation, io: Io) => Promise<ExitCode>;
