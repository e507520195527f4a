import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { run } from "../process/index.ts";
import { findProgram, type Program, type ProgramOptions } from "../programs/index.ts";

/** What a subcommand of alloy said: what it printed, or the reason for which it refused. */
export type Answer = { ok: true; text: string } | { ok: false; reason: string };

/** A real alloy, asked about texts. Each question is a run of the program, with a time limit of a minute. */
export interface RealAlloy {
  readonly program: Program;
  /** `alloy convert --source-format=promtail`: the Alloy source for a Promtail configuration. */
  convert(promtail: string): Promise<Answer>;
  /** `alloy fmt`: the printed form. */
  format(source: string): Promise<Answer>;
  /** `alloy validate`; its text is empty when it accepts. */
  validate(source: string): Promise<Answer>;
}

/**
 * The alloy of this machine, undefined where there is none: it is looked for, never fetched.
 *
 * @throws FleetError `programs/explicit-missing`.
 */
export async function findAlloy(options: ProgramOptions): Promise<RealAlloy | undefined> {
  const program = await findProgram("alloy", options);
  if (program === undefined) return undefined;
  const ask = async (args: readonly string[], file: string, text: string): Promise<Answer> => {
    const directory = await mkdtemp(join(tmpdir(), "fleet-alloy-"));
    try {
      await writeFile(join(directory, file), text);
      const { exitCode, stdout, stderr } = await run(program.path, [...args, file], {
        cwd: directory,
        timeout: 60_000,
        ...(options.signal === undefined ? {} : { signal: options.signal }),
      });
      return exitCode === 0
        ? { ok: true, text: stdout }
        : { ok: false, reason: stderr.trim() || `exit code ${exitCode}` };
    } finally {
      await rm(directory, { recursive: true, force: true });
    }
  };
  return {
    program,
    convert: (promtail) => ask(["convert", "--source-format=promtail"], "promtail.yaml", promtail),
    format: (source) => ask(["fmt"], "config.alloy", source),
    validate: (source) => ask(["validate"], "config.alloy", source),
  };
}
