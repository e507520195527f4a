import { readdir, readFile, stat } from "node:fs/promises";
import { hostname } from "node:os";
import { join } from "node:path";
import { blockName, check, parse, type Block, type File } from "../../alloy/index.ts";
import { error, FleetError, hasErrors, type Diagnostic } from "../../diagnostics/index.ts";
import { Arguments, compile, standardLibrary, type Pipeline } from "../../pipeline/index.ts";
import { readEndpoints, type Endpoint } from "../endpoints.ts";
import type { JournalSettings } from "./journal-follower.ts";
import { LEVELS, type Level } from "./logger.ts";

/** A configuration that was checked and can be run. */
export interface Configuration {
  pipeline: Pipeline;
  endpoints: readonly Endpoint[];
  journals: readonly JournalSettings[];
  /** What its `logging` block says. */
  level: Level;
  warnings: readonly Diagnostic[];
}

export interface ConfigurationOptions {
  env: Readonly<Record<string, string | undefined>>;
  alloyVersion: string;
}

/**
 * Reads what `alloy run PATH` reads: a file, or every *.alloy file of a directory as one configuration.
 *
 * @throws FleetError with exit code 1 and everything that is wrong with it.
 */
export async function loadConfiguration(path: string, options: ConfigurationOptions): Promise<Configuration> {
  const parsed = (await sources(path)).map(({ name, text }) => parse(name, text));
  const files = parsed.map(({ file }) => file);
  refuse(parsed.flatMap(({ diagnostics }) => diagnostics));
  refuse(check(files, { alloyVersion: options.alloyVersion }));
  const clock = (): bigint => BigInt(Date.now()) * 1_000_000n;
  const { pipeline, diagnostics } = compile(files, { ...options, clock, hostname: hostname() });
  if (pipeline === undefined) throw new FleetError(diagnostics, 1);
  const read = readEndpoints(files, options.env);
  const journals = settingsOf(files, "loki.source.journal", options, journalSettings);
  const [level = "info"] = settingsOf(files, "logging", options, (args) =>
    args.choice("level", LEVELS, "info"),
  );
  const warnings = [...diagnostics, ...read.diagnostics];
  return { pipeline, endpoints: read.endpoints, journals, level, warnings };
}

function refuse(diagnostics: readonly Diagnostic[]): void {
  if (hasErrors(diagnostics)) throw new FleetError(diagnostics, 1);
}

async function sources(path: string): Promise<{ name: string; text: string }[]> {
  try {
    const directory = (await stat(path)).isDirectory();
    const names = directory
      ? (await readdir(path))
          .filter((name) => name.endsWith(".alloy"))
          .sort()
          .map((name) => join(path, name))
      : [path];
    return await Promise.all(names.map(async (name) => ({ name, text: await readFile(name, "utf8") })));
  } catch (caught) {
    const problem = error("ship/configuration-unreadable", `${path} cannot be read: ${String(caught)}`, {
      hint: "give an Alloy configuration, or a directory of *.alloy files",
    });
    throw new FleetError(problem, 1);
  }
}

/** What `read` makes of each top-level block of a name; the blocks were compiled, so their arguments are sound. */
function settingsOf<T>(
  files: readonly File[],
  name: string,
  { env }: ConfigurationOptions,
  read: (args: Arguments, block: Block) => T,
): T[] {
  const library = standardLibrary({ env, hostname: hostname() });
  const scope = { name: (path: string) => library.get(path), component: () => undefined };
  return files
    .flatMap((file) => file.body)
    .filter((one) => one.kind === "block")
    .filter((block) => blockName(block) === name)
    .map((block) => read(new Arguments(block, scope), block));
}

function journalSettings(args: Arguments, block: Block): JournalSettings {
  const legacy = args.block("legacy_position");
  return {
    component: `loki.source.journal.${block.label?.value ?? ""}`,
    path: args.string("path", ""),
    matches: args
      .string("matches", "")
      .split(/\s+/)
      .filter((match) => match !== ""),
    maxAge: Number(args.duration("max_age", "7h") / 1_000_000n),
    legacyPosition: legacy && { file: legacy.string("file"), name: legacy.string("name") },
  };
}
