import { FleetError } from "../../src/diagnostics/index.ts";

/** The FleetError that `run` ends with; throws when it ends otherwise. */
export async function failureOf(run: Promise<unknown>): Promise<FleetError> {
  try {
    await run;
  } catch (caught) {
    if (caught instanceof FleetError) return caught;
    throw caught;
  }
  throw new Error("expected a FleetError, but the run went well");
}
