import { diagnosticJson, type DiagnosticJson } from "../diagnostics/index.ts";
import type { GateReport, HostReport } from "./report.ts";

/** A host in the document of `fleet gate --json`. */
export interface HostJson extends Omit<HostReport, "unverified" | "diagnostics" | "nixpkgs"> {
  nixpkgs?: string;
  unverified: { option: string; file?: string; line?: number }[];
  diagnostics: DiagnosticJson[];
}

/** What `fleet gate --json` prints; `ok` is true when no host fails. */
export interface GateJson {
  ok: boolean;
  evaluator: { nix: string };
  hosts: HostJson[];
  summary: GateReport["summary"];
  notes: readonly string[];
}

/** The JSON form of a report. */
export function gateJson(report: GateReport): GateJson {
  const { nix, hosts, summary, notes } = report;
  return { ok: summary.fail === 0, evaluator: { nix }, hosts: hosts.map(hostJson), summary, notes };
}

/** The JSON form of one host. */
export function hostJson({ nixpkgs, unverified, diagnostics, ...rest }: HostReport): HostJson {
  return {
    ...rest,
    ...(nixpkgs === undefined ? {} : { nixpkgs }),
    unverified: unverified.map(({ option, span }) =>
      span === undefined ? { option } : { option, file: span.file, line: span.start.line },
    ),
    diagnostics: diagnostics.map(diagnosticJson),
  };
}
