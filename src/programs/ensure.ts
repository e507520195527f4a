import { error, FleetError } from "../diagnostics/index.ts";
import { PROGRAMS, type ProgramName, type ProgramSpec } from "./catalogue.ts";
import type { Program, ProgramOptions } from "./program.ts";
import { nixpkgs } from "./nixpkgs.ts";
import { apt, built, explicit, goModule, knownPlace, path, placeOf, type Source } from "./sources.ts";

/** Sources that only look. */
const AT_HAND: readonly Source[] = [explicit, path, knownPlace, built];
/** Every source, in the order in which they are tried; the later ones fetch, build or install. */
const ALL: readonly Source[] = [...AT_HAND, nixpkgs, goModule, apt];

/**
 * Looks for a program without fetching, building or installing anything; undefined when it is not at hand.
 *
 * @throws FleetError `programs/explicit-missing` when the path that the user named is wrong.
 */
export async function findProgram(name: ProgramName, options: ProgramOptions): Promise<Program | undefined> {
  const answer = await ask(PROGRAMS[name], options, AT_HAND);
  return "program" in answer ? answer.program : undefined;
}

/**
 * Where a program is at hand, without starting it; undefined when it would have to be built or fetched.
 *
 * @throws FleetError `programs/explicit-missing` when the path that the user named is wrong.
 */
export function locateProgram(name: ProgramName, options: ProgramOptions): string | undefined {
  return placeOf(PROGRAMS[name], options);
}

/**
 * Finds a program, or gets it: from nixpkgs, from its Go module, or from the system's package manager where
 * that is allowed. Says what takes long through `options.log` first.
 *
 * @throws FleetError `programs/not-found` with every place that was looked at, `programs/explicit-missing`,
 * `programs/build-failed`.
 */
export async function ensureProgram(name: ProgramName, options: ProgramOptions): Promise<Program> {
  const spec = PROGRAMS[name];
  const answer = await ask(spec, options, ALL);
  if ("program" in answer) return answer.program;
  throw new FleetError(
    error("programs/not-found", `${name}, ${spec.purpose}, cannot be had: ${answer.misses.join("; ")}`, {
      hint: spec.hint,
    }),
  );
}

async function ask(
  spec: ProgramSpec,
  options: ProgramOptions,
  sources: readonly Source[],
): Promise<{ program: Program } | { misses: string[] }> {
  const misses: string[] = [];
  for (const source of sources) {
    const answer = await source(spec, options);
    if (answer === undefined) continue;
    if ("program" in answer) return answer;
    misses.push(answer.miss);
  }
  return { misses };
}
