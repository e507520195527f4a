import { diagnosticJson } from "../../diagnostics/index.ts";
import { renderTable } from "../../report/index.ts";
import { findRoot, loadFleet } from "../../repository/index.ts";
import { readRollout, statusOf, type Status } from "../../rollout/index.ts";
import type { Run } from "../command.ts";
import type { Io } from "../io.ts";

/** `fleet status`: each host's stage, and what to run next. */
export const run: Run = async (invocation, io) => {
  const { root, fleet } = await loadFleet(await findRoot({ repo: invocation.repo, cwd: io.cwd }));
  const { state, owner } = readRollout(root);
  const status = statusOf(fleet, state, new Date(), owner);
  if (invocation.json) io.json({ ...status, diagnostics: status.diagnostics.map(diagnosticJson) });
  else print(status, io);
  return 0;
};

function print({ hosts, summary, retired, locked, next, diagnostics }: Status, io: Io): void {
  const rows = hosts.map(({ host, wave, stage, since, pending, failure }) => [
    host,
    wave === null ? "-" : wave === 0 ? "canary" : String(wave),
    stage,
    since === null ? "-" : since.slice(0, 19).replace("T", " "),
    pending !== null ? `${pending} was begun` : failure === null ? "" : `${failure.step}: ${failure.reason}`,
  ]);
  io.out(renderTable([["host", "wave", "stage", "since (UTC)", ""], ...rows], io.columns));
  const counts = Object.entries(summary).map(([stage, count]) => `${count} ${stage}`);
  io.out(`\n${counts.join(", ")}\n`);
  if (retired !== null) io.out(`The Promtail module was removed by ${retired.slice(0, 12)}.\n`);
  if (locked !== null)
    io.out(`${locked.user} on ${locked.machine} works on it since ${locked.since}: ${locked.command}\n`);
  io.out(`next: ${next}\n`);
  io.report(diagnostics);
}
