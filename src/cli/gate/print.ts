import type { TextOf } from "../../diagnostics/index.ts";
import type { GateReport, HostReport } from "../../gate/index.ts";
import { renderTable } from "../../report/index.ts";
import type { RuleReport } from "../../rules/index.ts";
import type { Io } from "../io.ts";
import { traceLines } from "./trace.ts";

/** What a person gets: a table on stdout; what is wrong with each host, and with the change, on stderr. */
export function printGate(
  { report, rules }: { report: GateReport; rules: readonly RuleReport[] },
  { showTrace, textOf }: { showTrace: boolean; textOf: TextOf },
  io: Io,
): void {
  const heading = ["host", "channel", "verdict", "seconds", "evaluated through"];
  const rows = report.hosts.map((host) => row(host, report.nix));
  if (rows.length > 0) io.out(renderTable([heading, ...rows], io.columns));
  for (const note of report.notes) io.log(note);
  for (const { host, unverified, diagnostics, trace = [], uncacheable } of report.hosts) {
    if (diagnostics.length > 0) {
      io.log(`\n${host}:`);
      io.report(diagnostics, textOf);
      for (const line of traceLines(trace, showTrace)) io.log(`  ${line}`);
    }
    if (uncacheable !== undefined)
      io.log(`\n${host}: will be evaluated again next time, since it depends on ${uncacheable}`);
    if (unverified.length > 0) {
      io.log(`\n${host}: could not be judged here:`);
      for (const { option, span } of unverified) {
        io.log(`  ${option}${span === undefined ? "" : ` (${span.file}:${span.start.line})`}`);
      }
    }
  }
  for (const { rule, diagnostics } of rules) {
    if (diagnostics.length === 0) continue;
    io.log(`\nrule ${rule}:`);
    io.report(diagnostics, textOf);
  }
}

function row(report: HostReport, nix: string): string[] {
  const { host, channel, verdict, through, nixpkgs, seconds, cached } = report;
  const means = through === "embedded" ? "embedded option surface" : (nixpkgs ?? "nixpkgs");
  return [host, channel, verdict, cached ? "known" : seconds.toFixed(2), `${means}, nix ${nix}`];
}
