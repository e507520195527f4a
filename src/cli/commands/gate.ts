import { z } from "zod";
import { error, FleetError, sarifLog, type TextOf } from "../../diagnostics/index.ts";
import {
  gate,
  gateJson,
  sarifFindings,
  touchedHosts,
  type GateReport,
  type HostReport,
} from "../../gate/index.ts";
import { changedFiles } from "../../git/index.ts";
import { renderJunit, renderTable } from "../../report/index.ts";
import { findRoot } from "../../repository/index.ts";
import type { Run } from "../command.ts";
import { textsBelow } from "../excerpts.ts";
import { junitCase } from "../gate/junit.ts";
import { gateOptions } from "../gate/options.ts";
import { withTree, type Tree } from "../gate/tree.ts";
import { printUpgrade } from "../gate/upgrade.ts";
import type { Io } from "../io.ts";
import { writeOutput } from "../output.ts";
import { version } from "../version.ts";

const Options = z.object({
  host: z.array(z.string()).optional(),
  changed: z.boolean().default(false),
  staged: z.boolean().default(false),
  cold: z.boolean().default(false),
  against: z.string().optional(),
  junit: z.string().optional(),
  sarif: z.string().optional(),
});

type Options = z.infer<typeof Options>;

/** `fleet gate`: evaluates every host; exit code 1 when one does not evaluate. */
export const run: Run = async (invocation, io) => {
  const options = Options.parse(invocation.options);
  const { json } = invocation;
  const { junit, sarif, staged } = options;
  const onStdout = [json, junit === "-", sarif === "-"].filter(Boolean).length;
  if (onStdout > 1) {
    const hint = "give all but one of them a file";
    throw new FleetError(
      error("cli/usage", "only one of --json, --junit and --sarif can be on stdout", { hint }),
    );
  }
  const root = await findRoot({ repo: invocation.repo, cwd: io.cwd });
  return withTree(root, { staged, io }, async (tree) => {
    const hosts = await select(root, tree, options, io);
    const { against, cold } = options;
    if (against !== undefined)
      return printUpgrade(tree, { against, json, cold, ...(hosts && { hosts }) }, io);
    const report = await gate(tree.fleet, tree.root, gateOptions({ env: tree.env, cold, hosts }, io));
    const textOf = textsBelow(tree.root);
    if (json) io.json(gateJson(report));
    else if (onStdout === 0) print(report, textOf, io);
    if (junit !== undefined) {
      const cases = report.hosts.map((host) => junitCase(host, textOf));
      await put(junit, renderJunit("fleet gate", cases), io);
    }
    if (sarif !== undefined) {
      const log = sarifLog(sarifFindings(report, tree.fleet), version());
      await put(sarif, `${JSON.stringify(log, null, 2)}\n`, io);
    }
    return report.summary.fail === 0 ? 0 : 1;
  });
};

/** The names of the hosts to evaluate; undefined for all. */
async function select(
  root: string,
  { fleet }: Tree,
  { host, changed, staged }: Options,
  io: Io,
): Promise<readonly string[] | undefined> {
  if (!changed) return host;
  const touched = touchedHosts(fleet.hosts, await changedFiles(root, { staged, signal: io.signal }));
  const untouched = new Set(fleet.hosts.filter((one) => !touched.includes(one)).map(({ name }) => name));
  // A name that is no host's stays, for the gate to say so.
  const chosen = (host ?? fleet.hosts.map(({ name }) => name)).filter((name) => !untouched.has(name));
  if (chosen.length === 0) io.log(`no host is touched by what is ${staged ? "staged" : "not committed"}`);
  return chosen;
}

/** A document to a file, or to stdout for `-`. */
async function put(path: string, text: string, io: Io): Promise<void> {
  if (path === "-") io.out(text);
  else await writeOutput(path, text, io);
}

function print(report: GateReport, textOf: TextOf, io: Io): void {
  const heading = ["host", "channel", "verdict", "seconds", "evaluated through"];
  const rows = report.hosts.map((host) => row(host, report.nix));
  if (rows.length > 0) io.out(renderTable([heading, ...rows], io.columns));
  for (const note of report.notes) io.log(note);
  for (const { host, unverified, diagnostics, uncacheable } of report.hosts) {
    if (diagnostics.length > 0) {
      io.log(`\n${host}:`);
      io.report(diagnostics, textOf);
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
}

function row(report: HostReport, nix: string): string[] {
  const { host, channel, verdict, through, nixpkgs, seconds, cached } = report;
  const means = through === "embedded" ? "embedded option surface" : (nixpkgs ?? "nixpkgs");
  return [host, channel, verdict, cached ? "known" : seconds.toFixed(2), `${means}, nix ${nix}`];
}
