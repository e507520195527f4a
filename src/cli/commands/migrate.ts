import { resolve } from "node:path";
import { z } from "zod";
import { diagnosticJson, type TextOf } from "../../diagnostics/index.ts";
import {
  migrate,
  STEPS,
  tryMigration,
  type Listener,
  type MigrationReport,
  type StepRecord,
  type Trial,
} from "../../migrate/index.ts";
import { renderTable } from "../../report/index.ts";
import { findRoot } from "../../repository/index.ts";
import { recordMigration, RolloutTree } from "../../rollout/index.ts";
import type { Run } from "../command.ts";
import { textsBelow } from "../excerpts.ts";
import type { Io } from "../io.ts";

const Options = z.object({
  canary: z.string().optional(),
  try: z.boolean().default(false),
  dryRun: z.boolean().default(false),
  commit: z.boolean().default(false),
  entries: z.string().optional(),
  vm: z.boolean().default(true),
});

/** `fleet migrate --canary HOST`: the plan with its progress, the summary, the diff and the pull-request text. */
export const run: Run = async (invocation, io) => {
  const options = Options.parse(invocation.options);
  const root = await findRoot({ repo: invocation.repo, cwd: io.cwd });
  io.log(plan());
  const request = {
    context: { root, env: io.env, log: (line: string) => io.log(`      ${line}`), signal: io.signal },
    canary: options.canary,
    dryRun: options.dryRun,
    commit: options.commit,
    entries: options.entries === undefined ? undefined : resolve(io.cwd, options.entries),
    vm: options.vm,
    listener: progress(io, textsBelow(root)),
  };
  const trial = options.try ? await tryMigration(request) : undefined;
  const report = trial?.report ?? (await migrate(request));
  if (report.ok && trial === undefined && !options.dryRun) await enterJournal(root, report, io);
  if (invocation.json) io.json(json(report, trial));
  else io.out(text(report, trial, io));
  return report.ok ? 0 : report.exitCode;
};

/** What the canary has passed, for `fleet status` and `fleet rollout`. */
async function enterJournal(root: string, { canary, steps, branch }: MigrationReport, io: Io): Promise<void> {
  if (canary === undefined) return;
  const passed = (...ids: StepRecord["id"][]): boolean =>
    steps.some(({ id, status }) => ids.includes(id) && status === "passed");
  await recordMigration(root, {
    host: canary,
    steps: [
      ...(passed("generate") ? (["generate"] as const) : []),
      ...(passed("gate") ? (["gate"] as const) : []),
      ...(passed("ship", "vm") ? (["test"] as const) : []),
    ],
    commit: branch === undefined ? undefined : await new RolloutTree(root, io.signal).head(),
  });
}

function plan(): string {
  return ["The plan:", ...STEPS.map(({ title }, at) => `  ${at + 1}. ${title}`), ""].join("\n");
}

/** A line when a step starts and one when it has ended, with what it found and what it used. */
function progress(io: Io, textOf: TextOf): Listener {
  const total = STEPS.length;
  return ({ type, number, step }) => {
    const at = `[${number}/${total}]`;
    if (type === "started") {
      io.log(`${at} ${step.title} ...`);
      return;
    }
    io.log(`${at} ${outcome(step, io.color)} ${step.seconds.toFixed(1)} s  ${step.summary}`);
    for (const detail of step.details) io.log(`      ${detail}`);
    io.report(step.diagnostics, textOf);
  };
}

function outcome(step: StepRecord, color: boolean): string {
  const [word, style] = {
    passed: ["ok", "32"],
    failed: ["FAILED", "31"],
    skipped: ["skipped", "33"],
    "not run": ["not run", "33"],
  }[step.status] as [string, string];
  return color ? `\u001b[${style}m${word}\u001b[0m` : word;
}

function text(report: MigrationReport, trial: Trial | undefined, io: Io): string {
  const rows = report.steps.map((step, at) => [
    String(at + 1),
    step.title,
    outcome(step, false),
    `${step.seconds.toFixed(1)} s`,
  ]);
  const parts = [renderTable([["", "step", "result", "time"], ...rows], io.columns)];
  if (report.ok) parts.push(means(report.steps));
  if (report.ok && report.diff !== "") parts.push(report.diff);
  if (report.pullRequest !== undefined) {
    parts.push(`Pull request: ${report.pullRequest.title}\n\n${report.pullRequest.body}`);
  }
  if (trial !== undefined && report.ok) parts.push(`git diff --stat\n${trial.stat}`);
  parts.push(`${closing(report, trial)}\n`);
  return parts.join("\n");
}

/** For each step that ran, which programs were real and what fleet embeds in the place of one. */
function means(steps: readonly StepRecord[]): string {
  const ran = steps
    .map((step, at) => ({ step, number: at + 1 }))
    .filter(({ step }) => step.status === "passed");
  const lines = ran.map(({ step, number }) => {
    const names = (real: boolean): string =>
      step.means
        .filter((one) => one.real === real)
        .map(({ name }) => name)
        .join(", ") || "nothing";
    return step.means.length === 0
      ? `${number}  no outside program`
      : `${number}  real: ${names(true)}; embedded: ${names(false)}`;
  });
  return `What was real, and what fleet embeds in place of the real program:\n${lines.join("\n")}\n`;
}

function closing(report: MigrationReport, trial: Trial | undefined): string {
  if (!report.ok) {
    const tree = trial === undefined ? "the tree" : `the copy in which it was tried, ${trial.copy},`;
    return `The migration failed; ${tree} is as it was.`;
  }
  if (trial !== undefined)
    return `The migration was tried in a copy, ${trial.copy}; this repository is as it was.`;
  if (report.branch !== undefined) return `The change is committed on ${report.branch}.`;
  if (report.written) {
    return `The change is in the tree. Review it (fleet report makes one file of it), commit it, deploy the canary, then run fleet verify ${report.canary ?? ""}.`;
  }
  return "Nothing was written.";
}

function json(report: MigrationReport, trial: Trial | undefined): unknown {
  return {
    ok: report.ok,
    canary: report.canary,
    written: report.written && trial === undefined,
    branch: report.branch ?? null,
    steps: report.steps.map((step) => ({ ...step, diagnostics: step.diagnostics.map(diagnosticJson) })),
    changes: report.changes.map(({ path, before }) => ({
      path,
      action: before === undefined ? "add" : "edit",
    })),
    diff: report.diff,
    pullRequest: report.pullRequest ?? null,
    ...(trial === undefined ? {} : { copy: trial.copy, stat: trial.stat }),
  };
}
