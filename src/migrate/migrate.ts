import { FleetError } from "../diagnostics/index.ts";
import { diffOf, type Change } from "../repository/index.ts";
import type { Context } from "./context.ts";
import { Plan, StepFailed, type Listener, type StepRecord } from "./plan.ts";
import { pullRequest, type PullRequest } from "./pull-request.ts";
import { compareWithConversion } from "./steps/parity.ts";
import { evaluateHosts } from "./steps/gate.ts";
import { generateChange } from "./steps/generate.ts";
import { readManifest } from "./steps/manifest.ts";
import { renderConfiguration } from "./steps/render.ts";
import { shipJournal } from "./steps/ship.ts";
import { validateConfiguration } from "./steps/validate.ts";
import { testOnMachine } from "./steps/vm.ts";
import { commitChanges, writeChanges } from "./steps/write.ts";

export interface MigrationRequest {
  context: Context;
  /** The host to migrate; undefined for the manifest's canary. */
  canary: string | undefined;
  /** Prove everything, write nothing. */
  dryRun: boolean;
  /** Commit the change on a branch of its own. */
  commit: boolean;
  /** A file of journal entries (`journalctl -o json`) to ship besides the built-in ones. */
  entries: string | undefined;
  /** Run the canary on a virtual machine, as the last proof. */
  vm: boolean;
  listener: Listener;
}

export interface MigrationReport {
  ok: boolean;
  /** Of a failure: 1 when something was found wanting, 2 when a step could not be done. */
  exitCode: 1 | 2;
  canary: string | undefined;
  steps: readonly StepRecord[];
  changes: readonly Change[];
  /** The changes as `git apply` reads them. */
  diff: string;
  pullRequest: PullRequest | undefined;
  written: boolean;
  branch: string | undefined;
}

/**
 * Moves one host to Alloy: makes the change, proves it, and only then writes it. A step that fails ends the
 * migration with the tree as it was; that is a report with `ok: false`, not an exception.
 *
 * @throws whatever is not a finding: an interruption, a defect.
 */
export async function migrate(request: MigrationRequest): Promise<MigrationReport> {
  const plan = new Plan(request.listener);
  const report: MigrationReport = {
    ok: false,
    exitCode: 1,
    canary: request.canary,
    steps: plan.records,
    changes: [],
    diff: "",
    pullRequest: undefined,
    written: false,
    branch: undefined,
  };
  try {
    await follow(plan, request, report);
    report.ok = true;
  } catch (caught) {
    if (!(caught instanceof StepFailed)) throw caught;
    if (caught.cause instanceof FleetError) report.exitCode = caught.cause.exitCode;
  }
  return report;
}

async function follow(plan: Plan, request: MigrationRequest, report: MigrationReport): Promise<void> {
  const { context } = request;
  const { fleet, canary } = await plan.run("manifest", () => readManifest(context, request.canary));
  report.canary = canary.name;
  const { source } = await plan.run("render", () => renderConfiguration(context, fleet, canary));
  const { configuration, changes } = await plan.run("generate", () =>
    generateChange(context, fleet, canary, source),
  );
  report.changes = changes;
  report.diff = diffOf(changes);
  await plan.run("validate", () => validateConfiguration(context, fleet, canary, configuration));
  await plan.run("parity", () => compareWithConversion(context, fleet, canary, source, configuration));
  await plan.run("gate", () => evaluateHosts(context, fleet, changes));
  await plan.run("ship", () =>
    shipJournal(context, fleet, canary, { configuration, source, entries: request.entries }),
  );
  if (request.vm) {
    const { configuration: promtail } = source;
    await plan.run("vm", () => testOnMachine(context, fleet, canary, { promtail, changes }));
  } else plan.skip("vm", "--no-vm");
  const paths = changes.map(({ path }) => path);
  report.pullRequest = pullRequest({
    fleet,
    canary,
    configuration,
    steps: plan.records,
    changed: paths,
  });
  if (request.dryRun) {
    plan.skip("write", "dry run");
    return;
  }
  if (changes.length === 0) {
    plan.skip("write", "the tree has it all already");
    return;
  }
  await plan.run("write", () => writeChanges(context, changes));
  report.written = true;
  if (request.commit) report.branch = await commitChanges(context, canary.name, changes, report.pullRequest);
}
