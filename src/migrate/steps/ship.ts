import { readFile } from "node:fs/promises";
import { error, FleetError, type Diagnostic } from "../../diagnostics/index.ts";
import { startLoki, type AssertionResult } from "../../loki/index.ts";
import type { Fleet, Host } from "../../manifest/index.ts";
import { findProgram } from "../../programs/index.ts";
import { parseEntries, proveShipping, type Proof, type RawEntry } from "../../ship/index.ts";
import type { Context } from "../context.ts";
import type { PipelineSource } from "../generation.ts";
import type { Finding } from "../plan.ts";

export interface Shipment {
  /** The text of config.alloy. */
  configuration: string;
  source: PipelineSource;
  /** Path of a file of more entries (`journalctl -o json`). */
  entries: string | undefined;
}

/**
 * Ships a journal of the canary through config.alloy into a Loki on loopback and asserts by LogQL that what the
 * Promtail configuration promises has arrived, and nothing else.
 */
export async function shipJournal(
  { root, env, log, signal }: Context,
  fleet: Fleet,
  canary: Host,
  { configuration, source, entries }: Shipment,
): Promise<Finding> {
  const programs = { env, tools: fleet.tools, cwd: root, log, signal };
  const alloy = await findProgram("alloy", programs);
  const extraEntries = entries === undefined ? [] : await readEntries(entries);
  const loki = await startLoki(programs);
  try {
    const proof = await proveShipping({
      ...programs,
      configText: configuration,
      configFile: `${fleet.layout.modules}/alloy/config.alloy`,
      promtailConfig: source.configuration,
      host: canary.name,
      extraEntries,
      loki,
      ...(alloy === undefined ? {} : { alloy }),
    });
    return finding(proof);
  } finally {
    await loki.stop();
  }
}

function finding(proof: Proof): Finding {
  const { assertions, counts, limits, programs } = proof;
  const failed = assertions.filter(({ ok }) => !ok);
  const diagnostics: Diagnostic[] = failed.map(({ name, logql, expected, got }) =>
    error("migrate/assertion-failed", `${name}: expected ${show(expected)}, Loki has ${show(got)}`, {
      hint: `LogQL: ${logql}`,
    }),
  );
  if (!proof.ok && failed.length === 0) {
    const message =
      "the Promtail configuration gives its entries no label to ask Loki by, so nothing was proven";
    diagnostics.push(
      error("migrate/assertion-failed", message, { hint: "give the journal a label, such as job" }),
    );
  }
  return {
    summary:
      `${counts.sent} of ${counts.entries} entries arrived, ${counts.dropped} dropped as promised; ` +
      `${assertions.length - failed.length} of ${assertions.length} LogQL assertions hold` +
      limits.map((limit) => `; ${limit}`).join(""),
    details: assertions.map(
      ({ ok, name, expected }) => `${ok ? "ok" : "FAILED"}  ${name}: ${show(expected)}`,
    ),
    means: programs.map(({ description, origin }) => ({ real: origin !== "embedded", name: description })),
    diagnostics,
  };
}

function show(evidence: AssertionResult["got"]): string {
  return typeof evidence === "number" ? String(evidence) : JSON.stringify(evidence);
}

async function readEntries(path: string): Promise<RawEntry[]> {
  try {
    return parseEntries(path, await readFile(path, "utf8"));
  } catch (caught) {
    if (caught instanceof FleetError) throw caught;
    const message = `${path} cannot be read: ${caught instanceof Error ? caught.message : String(caught)}`;
    throw new FleetError(
      error("migrate/entries", message, { hint: "give --entries a file of `journalctl -o json`" }),
    );
  }
}
