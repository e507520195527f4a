import { resolve } from "node:path";
import { error, FleetError } from "../diagnostics/index.ts";
import { writeFileAtomically } from "../repository/index.ts";
import type { Io } from "./io.ts";

/**
 * Writes a file that the user named; with `mode` it has that from the first byte on.
 *
 * @throws FleetError `cli/unwritable`
 */
export async function writeOutput(
  path: string,
  text: string,
  io: Pick<Io, "cwd">,
  options: { mode?: number } = {},
): Promise<void> {
  try {
    await writeFileAtomically(resolve(io.cwd, path), text, options);
  } catch (caught) {
    const reason = caught instanceof Error ? caught.message : String(caught);
    const hint = "check the path and its permissions";
    throw new FleetError(error("cli/unwritable", `${path} cannot be written: ${reason}`, { hint }));
  }
}
