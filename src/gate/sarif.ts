import { join } from "node:path";
import type { Diagnostic, SarifFinding } from "../diagnostics/index.ts";
import type { Fleet, HostEntry } from "../manifest/index.ts";
import type { GateReport, Unverified } from "./report.ts";

/** What a report finds, host by host, for a SARIF log; what could not be judged is there too, as information. */
export function sarifFindings(report: GateReport, { hosts }: Pick<Fleet, "hosts">): SarifFinding[] {
  const files = new Map(hosts.map(({ name, entry }) => [name, entryFile(entry)]));
  return report.hosts.flatMap(({ host, diagnostics, unverified }) => {
    const file = files.get(host);
    const subject = { kind: "host", name: host, ...(file === undefined ? {} : { file }) };
    const findings = [...diagnostics, ...unverified.map(unverifiedDiagnostic)];
    return findings.map((diagnostic) => ({ diagnostic, subject }));
  });
}

function unverifiedDiagnostic({ option, span }: Unverified): Diagnostic {
  const message = `${option} could not be judged here`;
  return { code: "gate/unverified", severity: "info", message, ...(span === undefined ? {} : { span }) };
}

function entryFile(entry: HostEntry): string {
  return entry.kind === "configuration" ? entry.file : join(entry.flake, "flake.nix");
}
