import { rm } from "node:fs/promises";
import { FleetError, warning, type Code } from "../../diagnostics/index.ts";
import type { Fleet, Host } from "../../manifest/index.ts";
import { applyChanges, type Change } from "../../repository/index.ts";
import { journalToLoki, MACHINE_DEFAULTS, runScenarios, type ScenarioReport } from "../../vm/index.ts";
import type { Context } from "../context.ts";
import type { Finding } from "../plan.ts";
import { copyRepository } from "../staging.ts";

/** Why there may be no virtual machine to be had, which says nothing against the change. */
const UNAVAILABLE: ReadonlySet<Code> = new Set(["programs/not-found", "vm/needs-root", "vm/no-space"]);

/**
 * Runs the canary with the change on a virtual machine and asserts that what it logs reaches Loki. Where no machine can
 * be had, the step is skipped, with a warning.
 */
export async function testOnMachine(
  context: Context,
  fleet: Fleet,
  canary: Host,
  { promtail, changes }: { promtail: unknown; changes: readonly Change[] },
): Promise<Finding> {
  const copy = await copyRepository(context.root, context.signal);
  try {
    await applyChanges(copy, changes);
    const reports = await runScenarios({
      ...MACHINE_DEFAULTS,
      ...context,
      root: copy,
      fleet,
      host: canary,
      promtail,
      scenarios: [journalToLoki],
      alloy: "where there is one",
      keep: false,
    });
    return finding(reports);
  } catch (caught) {
    if (!(caught instanceof FleetError) || !caught.diagnostics.every(({ code }) => UNAVAILABLE.has(code)))
      throw caught;
    const why = caught.diagnostics.map(({ message }) => message).join("; ");
    return {
      summary: "",
      means: [],
      skipped: "there is no virtual machine to be had here",
      diagnostics: [warning("migrate/no-machine", `the canary was not tried on a virtual machine: ${why}`)],
    };
  } finally {
    await rm(copy, { recursive: true, force: true });
  }
}

function finding(reports: readonly ScenarioReport[]): Finding {
  return {
    summary: reports
      .map(({ scenario, status, seconds }) => `${scenario}: ${status} after ${seconds.toFixed(0)} s`)
      .join("; "),
    means: reports.flatMap(({ means }) => means),
    diagnostics: reports.flatMap(({ diagnostics }) => diagnostics),
    details: reports
      .flatMap(({ kept }) => kept ?? [])
      .map((kept) => `console, journal and log are in ${kept}`),
  };
}
