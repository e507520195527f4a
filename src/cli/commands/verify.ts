import { randomBytes } from "node:crypto";
import { setTimeout as sleep } from "node:timers/promises";
import { error, FleetError, warning } from "../../diagnostics/index.ts";
import type { Fleet, Host } from "../../manifest/index.ts";
import { renderJunit, renderTable, type JunitCase } from "../../report/index.ts";
import { findRoot, loadFleet } from "../../repository/index.ts";
import {
  IDENTIFIER,
  logBySsh,
  verifyHost,
  type Clock,
  type LogMarked,
  type VerifyReport,
} from "../../verify/index.ts";
import { readAlloyFile } from "../alloy-file.ts";
import type { Run } from "../command.ts";
import type { Io } from "../io.ts";
import { writeOutput } from "../output.ts";
import { hostConfiguration, printMarked } from "../verify/configuration.ts";
import { lokiConnection } from "../verify/connection.ts";
import { VerifyCommandOptions } from "../verify/options.ts";
import { chooseHost } from "../vm/choose.ts";
import { readOptions } from "../vm/options.ts";

const CLOCK: Clock = {
  now: Date.now,
  sleep: (milliseconds, signal) => sleep(milliseconds, undefined, { signal }),
};

/** `fleet verify HOST`: does Loki hold what the host's configuration promises? Exit code 1 when a check fails. */
export const run: Run = async (invocation, io) => {
  const options = readOptions(VerifyCommandOptions, invocation.options, "verify");
  const { json } = invocation;
  if (json && options.junit === "-")
    throw new FleetError(error("cli/usage", "--json and --junit - cannot both be on stdout"));
  const root = await findRoot({ repo: invocation.repo, cwd: io.cwd });
  const { fleet } = await loadFleet(root);
  const hosts = chooseHosts(fleet, invocation.arguments[0], options);
  const reports: VerifyReport[] = [];
  for (const host of hosts) {
    const report = await verify({ root, fleet, host }, options, io);
    reports.push(report);
    if (!json && options.junit !== "-") print(report, io);
  }
  const ok = reports.every(({ verified }) => verified);
  if (json) io.json({ ok, hosts: reports });
  if (options.junit !== undefined) {
    const text = renderJunit("fleet verify", reports.flatMap(junitCases));
    if (options.junit === "-") io.out(text);
    else await writeOutput(options.junit, text, io);
  }
  return ok ? 0 : 1;
};

function chooseHosts(fleet: Fleet, name: unknown, { all, ssh }: VerifyCommandOptions): readonly Host[] {
  if (!all) return [chooseHost(fleet, typeof name === "string" ? name : undefined)];
  if (name !== undefined || ssh !== undefined)
    throw new FleetError(error("cli/usage", "--all is without a host and without --ssh"));
  const hosts = fleet.hosts.filter((host) => host.ship === "alloy");
  if (hosts.length > 0) return hosts;
  throw new FleetError(error("verify/no-configuration", `no host of ${fleet.file} ships with Alloy`));
}

async function verify(
  place: { root: string; fleet: Fleet; host: Host },
  options: VerifyCommandOptions,
  io: Io,
): Promise<VerifyReport> {
  const { root, fleet, host } = place;
  const config =
    options.config === undefined
      ? await hostConfiguration(root, fleet, host)
      : await readAlloyFile(options.config, io).then(({ name, text }) => ({ file: name, text }));
  const loki = await lokiConnection(place, pick(options), io);
  const within = options.within ?? (options.watch ? fleet.rollout.verify.within : undefined);
  const { since, baseline, maxValues } = options;
  return verifyHost({
    host: host.name,
    config,
    loki,
    since,
    nonce: randomBytes(8).toString("hex"),
    clock: CLOCK,
    signal: io.signal,
    log: (line) => io.log(`${host.name}: ${line}`),
    ...(baseline === undefined ? {} : { baseline }),
    ...(within === undefined ? {} : { within }),
    ...(maxValues === undefined ? {} : { limits: { values: maxValues } }),
    ...marker(host.name, options, io),
  });
}

function pick(options: VerifyCommandOptions) {
  const { loki, username, passwordFile, tokenFile, tenant, ca, timeout } = options;
  return { loki, username, passwordFile, tokenFile, tenant, ca, timeout };
}

function marker(host: string, options: VerifyCommandOptions, io: Io): { logMarked?: LogMarked } {
  switch (options.marker) {
    case "ssh":
      return { logMarked: logBySsh({ target: options.ssh ?? host, env: io.env, signal: io.signal }) };
    case "print":
      return { logMarked: printMarked(host, IDENTIFIER, io) };
    case "none":
      return {};
  }
}

const MARKS = { held: "ok", failed: "FAILED", unseen: "not seen" } as const;

function print(report: VerifyReport, io: Io): void {
  const rows = report.checks.map(({ name, status, expected, seen }) => [MARKS[status], name, expected, seen]);
  io.out(`${report.host}: ${report.verified ? "verified" : "NOT verified"}\n`);
  io.out(renderTable([["", "check", "expected", "seen"], ...rows], Math.max(io.columns, 240)));
  for (const { status, name, expected, seen, logql } of report.checks) {
    if (status !== "failed") continue;
    const message = `${report.host}: ${name}: expected ${expected}; seen: ${seen}`;
    io.report([error("verify/failed", message, { hint: `LogQL: ${logql.join("\n")}` })]);
  }
  const unseen = report.checks.filter(({ status }) => status === "unseen").length;
  if (unseen > 0) {
    const hint = "look back further with --since, or let the host be asked (--marker ssh)";
    const message = `${report.host}: ${unseen} of ${report.checks.length} checks saw no line to judge by, and show nothing`;
    io.report([warning("verify/not-seen", message, { hint })]);
  }
}

function junitCases({ host, checks }: VerifyReport): JunitCase[] {
  return checks.map(({ name, status, expected, seen, logql }) => ({
    suite: host,
    name,
    seconds: 0,
    failures:
      status === "failed" ? [{ message: `expected ${expected}; seen: ${seen}`, text: logql.join("\n") }] : [],
    errors: [],
    ...(status === "unseen" ? { skipped: `no line to judge by: ${seen}` } : {}),
  }));
}
