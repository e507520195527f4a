import type { Fleet } from "../manifest/index.ts";
import type { StepRecord } from "./plan.ts";

export interface PullRequest {
  /** A Conventional Commit's first line. */
  title: string;
  /** Markdown. */
  body: string;
}

/**
 * The text for the pull request of a canary's migration: what, how, what was proven and by which programs, what
 * is left to check after the merge. Says of every embedded part that it was one.
 */
export function pullRequest(
  fleet: Fleet,
  canary: string,
  steps: readonly StepRecord[],
  changed: readonly string[],
): PullRequest {
  const { modules, link } = fleet.layout;
  const { env, sops } = fleet.loki.credential;
  const remaining = fleet.hosts.filter((host) => host.ship === "promtail").map((host) => host.name);
  const proven = steps.filter((step) => step.status === "passed" && step.id !== "write");
  const body = [
    "## What",
    "",
    `Moves **${canary}** to Grafana Alloy, as the canary of the migration from Promtail. ` +
      (remaining.length === 0
        ? "No other host ships with Promtail."
        : `The other hosts (${remaining.join(", ")}) stay on Promtail until the canary is verified.`),
    "",
    "## How",
    "",
    `- \`${modules}/alloy/config.alloy\`: the pipeline, generated from the Promtail configuration that the committed module ` +
      "evaluates to; a file of its own under `environment.etc`, so that it hot-reloads.",
    ...(changed.includes(`${modules}/alloy/config.test.yaml`)
      ? [
          `- \`${modules}/alloy/config.test.yaml\`: a test of that pipeline, from the Promtail configuration; \`fleet test\` runs it.`,
        ]
      : []),
    `- \`${modules}/alloy/default.nix\`: \`services.alloy\` with \`--disable-reporting\`; ${env} comes from the sops secret ` +
      `\`${sops.secret}\` through \`environmentFile\` and is read as \`sys.env("${env}")\`.`,
    `- \`${canary}\` imports \`./${link}/modules/alloy\`.`,
    "",
    "Changed files:",
    "",
    ...changed.map((path) => `- \`${path}\``),
    "",
    "## Proof",
    "",
    "| step | result | by |",
    "|---|---|---|",
    ...proven.map(
      (step) => `| ${step.title} | ${cell(step.summary)} | ${cell(step.means.map(meansText).join(", "))} |`,
    ),
    "",
    "## After the merge",
    "",
    `Once ${canary} has deployed, confirm in Loki, before the next wave:`,
    "",
    "```logql",
    `sum by (host, unit, job) (count_over_time({host="${canary}"}[5m]))`,
    `{host="${canary}"} |= "core dumped (user:"`,
    `{host="${canary}", unit="session.scope"}`,
    "```",
    "",
  ];
  return {
    title: `feat(logging): grafana-alloy module and ${canary} canary (promtail to alloy, step 1)`,
    body: body.join("\n"),
  };
}

/** How a program is named wherever a step's means are shown: an embedded part is always called one. */
export function meansText({ real, name }: StepRecord["means"][number]): string {
  return real ? name : `embedded: ${name}`;
}

function cell(text: string): string {
  return text.replaceAll("|", "\\|").replaceAll("\n", " ");
}
