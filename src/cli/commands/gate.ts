import { z } from "zod";
import { gate, gateJson, type GateReport, type HostReport } from "../../gate/index.ts";
import { renderTable } from "../../report/index.ts";
import { findRoot, loadFleet } from "../../repository/index.ts";
import type { Run } from "../command.ts";
import { textsBelow } from "../excerpts.ts";
import type { Io } from "../io.ts";

const optionsSchema = z.object({ host: z.array(z.string()).optional(), cold: z.boolean().optional() });

/** `fleet gate`: evaluates every host; exit code 1 when one does not evaluate. */
export const run: Run = async (invocation, io) => {
  const { host } = optionsSchema.parse(invocation.options);
  const { root, fleet } = await loadFleet(await findRoot({ repo: invocation.repo, cwd: io.cwd }));
  const report = await gate(fleet, root, {
    env: io.env,
    signal: io.signal,
    log: (line) => io.log(line),
    ...(host === undefined ? {} : { hosts: host }),
  });
  if (invocation.json) io.json(gateJson(report));
  else print(report, root, io);
  return report.summary.fail === 0 ? 0 : 1;
};

function print(report: GateReport, root: string, io: Io): void {
  const heading = ["host", "channel", "verdict", "seconds", "evaluated through"];
  const rows = report.hosts.map((host) => row(host, report.nix));
  io.out(renderTable([heading, ...rows], io.columns));
  for (const note of report.notes) io.log(note);
  const textOf = textsBelow(root);
  for (const { host, unverified, diagnostics } of report.hosts) {
    if (diagnostics.length > 0) {
      io.log(`\n${host}:`);
      io.report(diagnostics, textOf);
    }
    if (unverified.length > 0) {
      io.log(`\n${host}: could not be judged here:`);
      for (const { option, span } of unverified) {
        io.log(`  ${option}${span === undefined ? "" : ` (${span.file}:${span.start.line})`}`);
      }
    }
  }
}

function row({ host, channel, verdict, through, nixpkgs, seconds }: HostReport, nix: string): string[] {
  const means = through === "embedded" ? "embedded option surface" : (nixpkgs ?? "nixpkgs");
  return [host, channel, verdict, seconds.toFixed(2), `${means}, nix ${nix}`];
}
