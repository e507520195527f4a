import { diagnosticJson, error, FleetError } from "../../diagnostics/index.ts";
import { findRoot, loadFleet } from "../../repository/index.ts";
import {
  createDeployer,
  goneHosts,
  realOutside,
  Rollout,
  RolloutTree,
  withJournal,
  type JournalRecord,
  type RolloutReport,
} from "../../rollout/index.ts";
import type { ExitCode, Invocation } from "../command.ts";
import { gateOptions } from "../gate/options.ts";
import type { Io } from "../io.ts";
import type { LokiOptions } from "./options.ts";
import { rolloutVerification } from "./verify.ts";

export interface SessionOptions {
  /** The command line, for others who find the lock. */
  command: string;
  breakLock: boolean;
  verify: LokiOptions;
}

/** Gives `work` the repository's rollout, under its lock, with progress on stderr. */
export async function withRollout<T>(
  invocation: Invocation,
  { command, breakLock, verify }: SessionOptions,
  io: Io,
  work: (rollout: Rollout) => Promise<T>,
): Promise<T> {
  const root = await findRoot({ repo: invocation.repo, cwd: io.cwd });
  const { fleet } = await loadFleet(root);
  const { env, signal } = io;
  const log = (line: string): void => {
    io.log(line);
  };
  const listener = (record: JournalRecord): void => {
    log(progress(record));
  };
  return withJournal(root, { command, breakLock, listener }, async (journal) => {
    io.report(goneHosts(fleet, journal.state));
    const tree = new RolloutTree(root, signal);
    const deployer = await createDeployer(fleet.rollout.deploy, { root, env, log, signal }, () =>
      tree.branch(),
    );
    const outside = realOutside({
      root,
      env,
      gateOptions: gateOptions({ env, cold: false }, io),
      log,
      signal,
      deployer,
      verifyHost: rolloutVerification(root, verify, io),
    });
    return work(new Rollout({ root, journal, tree, outside, signal, log }));
  });
}

function progress({ time, step, phase, hosts, reason }: JournalRecord): string {
  const names = hosts.length > 4 ? `${hosts.length} hosts` : hosts.join(", ");
  const what =
    phase === "begun"
      ? `${step} ...`
      : phase === "done"
        ? `${step}: done`
        : `${step}: FAILED: ${reason ?? ""}`;
  return `${time.slice(11, 19)}  ${names}: ${what}`;
}

/**
 * Asks whether to go on.
 *
 * @throws FleetError `rollout/not-confirmed` when the answer is no, or nobody can be asked.
 */
export async function confirm(question: string, { yes }: { yes: boolean }, io: Io): Promise<void> {
  if (yes) return;
  const answer = await io.ask(`${question} [y/N] `);
  if (answer !== undefined && /^y(es)?$/i.test(answer)) return;
  const message = answer === undefined ? "there is no terminal to ask on" : "nothing was done";
  const hint = "--yes does it without asking";
  throw new FleetError(error("rollout/not-confirmed", message, answer === undefined ? { hint } : {}));
}

/** Prints how a rollout ended, and gives the exit code. */
export function finish(report: RolloutReport, { json }: Pick<Invocation, "json">, io: Io): ExitCode {
  const { ok, failures, diagnostics, next } = report;
  if (json) {
    io.json({ ok, failures, next: next ?? null, diagnostics: diagnostics.map(diagnosticJson) });
    return ok ? 0 : 1;
  }
  io.report(diagnostics);
  for (const { host, reason, outcome } of failures) io.out(`${host}: ${outcome}: ${reason}\n`);
  if (ok) io.out("done\n");
  if (next !== undefined) io.out(`next: ${next}\n`);
  return ok ? 0 : 1;
}
