import { dirname, join, resolve } from "node:path";
import { error, FleetError, hasErrors, type Diagnostic } from "../../diagnostics/index.ts";
import {
  applyCorrections,
  readTest,
  runTest,
  type Failure,
  type TestFile,
  type TestResult,
  type TestSources,
} from "../../pipeline-test/index.ts";
import { readAlloyConfiguration } from "../alloy-file.ts";
import { readInput, type Input } from "../input.ts";
import type { Io } from "../io.ts";
import { writeOutput } from "../output.ts";

/** One test file, run. */
export interface Execution {
  /** The path of the test file as the command line has it. */
  file: string;
  name: string;
  ok: boolean;
  failures: readonly Failure[];
  diagnostics: readonly Diagnostic[];
  seconds: number;
  /** Every text that took part, for excerpts; their names are paths, as far as they are files. */
  inputs: readonly Input[];
  /** The assertions whose expected values were rewritten. */
  updated: readonly string[];
}

/**
 * Runs a test file. What is wrong with it, or with a file that it names, is part of the result.
 *
 * @param update rewrite the exact values that the test expects and does not get
 */
export async function execute(file: string, io: Io, { update }: { update: boolean }): Promise<Execution> {
  const started = performance.now();
  const inputs: Input[] = [];
  const outcome = await run(file, inputs, io, update).catch((caught: unknown) => {
    if (!(caught instanceof FleetError) || io.signal.aborted) throw caught;
    return { ...NOTHING, name: file, diagnostics: caught.diagnostics };
  });
  return { file, ...outcome, inputs, seconds: (performance.now() - started) / 1000 };
}

type Result = Omit<Execution, "file" | "inputs" | "seconds">;

const NOTHING = { ok: false, failures: [], updated: [] };

async function run(file: string, inputs: Input[], io: Io, update: boolean): Promise<Result> {
  const input = await readInput(file, io);
  inputs.push(input);
  const { test, diagnostics } = readTest(file, input.text);
  if (test === undefined) return { ...NOTHING, name: file, diagnostics };
  const sources = await readSources(test, inputs, io);
  const result = { ...runTest(test, sources), name: test.name, updated: [] };
  if (!update || hasErrors(result.diagnostics)) return result;
  const correctable = result.failures.filter(({ corrections }) => corrections.length > 0);
  if (correctable.length === 0) return result;
  const text = applyCorrections(
    input.text,
    test.yaml,
    correctable.flatMap(({ corrections }) => corrections),
  );
  const again = readTest(file, text).test;
  const better = again && runTest(again, sources);
  const updated = correctable.map(({ assertion }) => assertion);
  if (better === undefined || !isBetter(better, result, updated)) return result;
  await writeOutput(file, text, io);
  inputs.splice(inputs.indexOf(input), 1, { name: file, text });
  return { ...better, name: test.name, updated };
}

/** What is written must hold, and nothing else fail by it: any other file is left to its author. */
function isBetter(better: TestResult, before: TestResult, updated: readonly string[]): boolean {
  const left = before.failures.map(({ assertion }) => assertion).filter((one) => !updated.includes(one));
  return !hasErrors(better.diagnostics) && better.failures.every(({ assertion }) => left.includes(assertion));
}

/** The texts that a test names; paths are relative to the test file. */
async function readSources(test: TestFile, inputs: Input[], io: Io): Promise<TestSources> {
  const { file, data, config } = test;
  const beside = (path: string): string => (path.startsWith("/") ? path : join(dirname(file), path));
  const configuration =
    "text" in config
      ? [{ name: `${file} (config)`, text: config.text }]
      : await named(test, data.config === undefined ? ["config_file"] : ["config"], () =>
          readConfiguration(beside(config.path), io),
        );
  inputs.push(...configuration);
  const { journal_file: journal } = data.inputs;
  if (journal === undefined) return { configuration };
  const entries = await named(test, ["inputs", "journal_file"], () => readInput(beside(journal), io));
  inputs.push(entries);
  return { configuration, journal: entries.text };
}

/** Runs `work` for a file that the test names at `path`: what has no place of its own is said there. */
async function named<T>({ yaml }: TestFile, path: readonly string[], work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (caught) {
    if (!(caught instanceof FleetError)) throw caught;
    const span = yaml.valueSpan(path);
    throw new FleetError(
      caught.diagnostics.map((one) => ({ span, ...one })),
      1,
    );
  }
}

async function readConfiguration(path: string, io: Io): Promise<Input[]> {
  const files = await readAlloyConfiguration(path, io);
  const unreadable = files.flatMap(({ diagnostics }) => diagnostics);
  if (unreadable.length > 0) throw new FleetError(unreadable, 1);
  return files;
}

/** Every file that an execution depends on, as absolute paths. */
export function filesOf({ file, inputs }: Execution, { cwd }: Pick<Io, "cwd">): string[] {
  return [file, ...inputs.map(({ name }) => name)].map((name) => resolve(cwd, name));
}

/** What an execution found, as diagnostics: each failure one, at its assertion. */
export function findings({ failures, diagnostics }: Execution): Diagnostic[] {
  return [
    ...diagnostics,
    ...failures.map(({ assertion, message, span }) =>
      error("test/failed", `${assertion}: ${message}`, { span }),
    ),
  ];
}
