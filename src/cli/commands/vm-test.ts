import { z } from "zod";
import { diagnosticJson, error, FleetError, renderDiagnostic, type TextOf } from "../../diagnostics/index.ts";
import { withGenerated } from "../../migrate/index.ts";
import { renderJunit, renderTable, type JunitCase } from "../../report/index.ts";
import { findRoot, loadFleet } from "../../repository/index.ts";
import { MACHINE_DEFAULTS, runNixosTests, runScenarios, type ScenarioReport } from "../../vm/index.ts";
import type { ExitCode, Run } from "../command.ts";
import { textsBelow } from "../excerpts.ts";
import type { Io } from "../io.ts";
import { writeOutput } from "../output.ts";
import { chooseHost, chooseScenarios } from "../vm/choose.ts";
import { MachineOptions, minutes, readOptions } from "../vm/options.ts";
import { promptIn } from "../vm/prompt.ts";

const Options = MachineOptions.extend({
  host: z.string().optional(),
  driver: z.enum(["qemu", "nixos"]).default("qemu"),
  with: z.literal("alloy").optional(),
  timeout: minutes.default(MACHINE_DEFAULTS.timeout / 60_000),
  keep: z.boolean().default(false),
  interactive: z.boolean().default(false),
  junit: z.string().optional(),
});
const Names = z.array(z.string()).default([]);

/** `fleet vm test`: scenarios on virtual machines; exit code 1 when one fails, 2 when one could not be run. */
export const run: Run = async (invocation, io) => {
  const options = readOptions(Options, invocation.options, "vm test");
  const { json } = invocation;
  if (json && options.junit === "-")
    throw new FleetError(error("cli/usage", "--json and --junit - cannot both be on stdout"));
  const root = await findRoot({ repo: invocation.repo, cwd: io.cwd });
  const { fleet } = await loadFleet(root);
  const host = chooseHost(fleet, options.host);
  const scenarios = await chooseScenarios(Names.parse(invocation.arguments[0]), io.cwd);
  const log = (line: string): void => io.log(line);
  const context = { root, env: io.env, log, signal: io.signal };
  const reports = await withGenerated(context, fleet, host, (tree) => {
    if (tree.changed.length > 0)
      io.log(`${host.name} is tested with what fleet would write: ${tree.changed.join(", ")}`);
    const request = {
      ...context,
      root: tree.root,
      fleet,
      host,
      promtail: tree.promtail,
      scenarios,
      memory: options.memory,
      bootTimeout: options.bootTimeout * 60_000,
    };
    if (options.driver === "nixos") return runNixosTests(request);
    return runScenarios({
      ...request,
      alloy: options.with === undefined ? "where there is one" : "required",
      timeout: options.timeout * 60_000,
      keep: options.keep,
      ...(options.interactive && { beforeRelease: (machine) => promptIn(machine, io) }),
    });
  });
  const textOf = textsBelow(root);
  if (json) io.json(documentOf(host.name, reports));
  else if (options.junit !== "-") print(reports, textOf, io);
  if (options.junit !== undefined) {
    const text = renderJunit(
      "fleet vm test",
      reports.map((report) => junitCase(host.name, report, textOf)),
    );
    if (options.junit === "-") io.out(text);
    else await writeOutput(options.junit, text, io);
  }
  return exitCodeOf(reports);
};

function exitCodeOf(reports: readonly ScenarioReport[]): ExitCode {
  if (reports.some(({ status }) => status === "error")) return 2;
  return reports.some(({ status }) => status === "failed") ? 1 : 0;
}

function print(reports: readonly ScenarioReport[], textOf: TextOf, io: Io): void {
  const rows = reports.map(({ scenario, status, seconds, description }) => [
    scenario,
    status,
    seconds.toFixed(0),
    description,
  ]);
  io.out(renderTable([["scenario", "result", "seconds", "what it shows"], ...rows], io.columns));
  for (const { scenario, diagnostics, kept } of reports) {
    if (diagnostics.length > 0) {
      io.log(`\n${scenario}:`);
      io.report(diagnostics, textOf);
    }
    if (kept !== undefined) io.log(`${scenario}: console, journal and log are in ${kept}`);
  }
  io.out(`\n${means(reports)}`);
}

/** Which programs were real, and what fleet embeds in the place of one. */
function means(reports: readonly ScenarioReport[]): string {
  const used = new Map(reports.flatMap((report) => report.means.map(({ name, real }) => [name, real])));
  const lines = [...used].map(([name, real]) => `  ${real ? "real    " : "embedded"}  ${name}\n`);
  return `What was real, and what fleet embeds in place of the real program:\n${lines.join("")}`;
}

function documentOf(host: string, reports: readonly ScenarioReport[]): unknown {
  return {
    ok: exitCodeOf(reports) === 0,
    host,
    scenarios: reports.map(({ diagnostics, kept, ...report }) => ({
      ...report,
      kept: kept ?? null,
      diagnostics: diagnostics.map(diagnosticJson),
    })),
  };
}

function junitCase(host: string, report: ScenarioReport, textOf: TextOf): JunitCase {
  const { scenario, seconds, status, diagnostics } = report;
  const problem = {
    message: diagnostics[0]?.message ?? "",
    text: diagnostics.map((one) => renderDiagnostic(one, { color: false, textOf })).join("\n"),
  };
  return {
    suite: host,
    name: scenario,
    seconds,
    failures: status === "failed" ? [problem] : [],
    errors: status === "error" ? [problem] : [],
  };
}
