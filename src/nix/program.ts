import { dirname, join } from "node:path";
import { error, FleetError } from "../diagnostics/index.ts";
import { ensureProgram, locateProgram, PROGRAMS, type ProgramOptions } from "../programs/index.ts";

/** A Nix that can be run. */
export interface Nix {
  /** Path of `nix-instantiate`, which evaluates. */
  instantiate: string;
  /** "2.8.0" */
  version: string;
}

/**
 * Where Nix's own programs are, without starting one: `nix` and `nix-instantiate`; undefined when Nix is not at hand.
 *
 * @throws FleetError `programs/explicit-missing`
 */
export function locateNix(options: ProgramOptions): { nix: string; instantiate: string } | undefined {
  const nix = locateProgram("nix", options);
  return nix === undefined ? undefined : { nix, instantiate: join(dirname(nix), "nix-instantiate") };
}

/**
 * Finds Nix, or gets it through the system's package manager where that is allowed.
 *
 * @throws FleetError `nix/not-found` when it cannot be had.
 */
export async function findNix(options: ProgramOptions): Promise<Nix> {
  try {
    const { path, version } = await ensureProgram("nix", options);
    return { instantiate: join(dirname(path), "nix-instantiate"), version: version ?? "of unknown version" };
  } catch (caught) {
    const missing = caught instanceof FleetError ? caught.diagnostics[0] : undefined;
    if (missing?.code !== "programs/not-found") throw caught;
    throw new FleetError(error("nix/not-found", missing.message, { hint: PROGRAMS.nix.hint }));
  }
}
