import type { Fleet, Host } from "../manifest/index.ts";
import { selector } from "../loki/index.ts";
import { expectationsOf, passedThrough, type Expectations } from "../verify/index.ts";
import type { StepId, StepRecord } from "./plan.ts";

export interface PullRequest {
  /** A Conventional Commit's first line. */
  title: string;
  /** Markdown. */
  body: string;
  /** The commit's message below its first line, plain text of 72 columns. */
  message: string;
}

/** What a pull request is about. */
export interface Migrated {
  fleet: Fleet;
  canary: Host;
  /** The text of config.alloy. */
  configuration: string;
  steps: readonly StepRecord[];
  /** Paths. */
  changed: readonly string[];
}

/**
 * The text for the pull request of a canary's migration: what, how, the proof of parity, how it was verified and by which
 * programs, and what is left to check after the merge. Says of every embedded part that it was one.
 */
export function pullRequest(migrated: Migrated): PullRequest {
  const { fleet, canary, steps } = migrated;
  const file = `${fleet.layout.modules}/alloy/config.alloy`;
  const { alloy } = canary.channel;
  const expectations = expectationsOf(canary.name, {
    file,
    text: migrated.configuration,
    ...(alloy === undefined ? {} : { alloyVersion: alloy }),
  });
  const body = [
    ["## What", what(fleet, canary)],
    ["## How", how(migrated, expectations)],
    ["## Parity proof", parityProof(migrated)],
    ["## Verification", verification(steps)],
    ["## Post-merge", postMerge(canary.name, expectations)],
  ];
  return {
    title: `feat(logging): grafana-alloy module and ${canary.name} canary (promtail to alloy, step 1)`,
    body: `${body.flat().join("\n\n")}\n`,
    message: commitMessage(migrated, expectations),
  };
}

function what(fleet: Fleet, canary: Host): string {
  return (
    `Step 1 of the migration from Promtail to Grafana Alloy. ${reason(canary)}This adds a shared ` +
    `\`${fleet.layout.modules}/alloy\` module as a drop-in replacement of Promtail and switches **${canary.name}** to it as the canary. ` +
    others(fleet)
  );
}

/** The release that removed services.promtail: NixOS/nixpkgs#505055. */
const WITHOUT_PROMTAIL = "26.05";

function reason({ name, channel }: Host): string {
  const removed = channel.name === "unstable" || channel.name >= WITHOUT_PROMTAIL;
  if (!removed) return "";
  return `NixOS ${WITHOUT_PROMTAIL} removed \`services.promtail\`, so ${name} (on ${channel.name}) cannot ship its journal with it. `;
}

function others(fleet: Fleet): string {
  const names = fleet.hosts.filter(({ ship }) => ship === "promtail").map(({ name }) => name);
  if (names.length === 0) return "No other host ships with Promtail.";
  return `The other hosts (${names.join(", ")}) stay on Promtail until step 2.`;
}

function how({ fleet, canary, changed }: Migrated, expectations: Expectations): string {
  const { modules, link } = fleet.layout;
  const { env, sops } = fleet.loki.credential;
  const test = `${modules}/alloy/config.test.yaml`;
  return [
    `- \`${modules}/alloy/config.alloy\`: the pipeline, generated from the Promtail configuration that the committed module evaluates to; ` +
      `a file of its own under \`environment.etc\`, so that it hot-reloads. It reproduces Promtail's journal scrape: ${pipeline(expectations)}; pushes to the same Loki endpoint.`,
    ...(changed.includes(test)
      ? [`- \`${test}\`: a test of that pipeline, from the Promtail configuration; \`fleet test\` runs it.`]
      : []),
    `- \`${modules}/alloy/default.nix\`: \`services.alloy\` with \`--disable-reporting\` (Promtail reported nothing either); ${env} comes from the sops secret ` +
      `\`${sops.secret}\` through \`environmentFile\` and is read as \`sys.env("${env}")\`, which keeps the unit's DynamicUser sandbox.`,
    `- \`${canary.name}\` imports \`./${link}/modules/alloy\`.`,
    "",
    "Changed files:",
    "",
    ...changed.map((path) => `- \`${path}\``),
  ].join("\n");
}

/** What the pipeline does, in the order in which it does it. */
function pipeline({ names, kernel, coredump, session, drops }: Expectations): string {
  const labels = [...names, ...(coredump?.labels ?? [])].sort().join(", ");
  const parts = [
    `the labels ${labels}`,
    ...(kernel === undefined
      ? []
      : [`${Object.keys(kernel).join(", ")} says where a line comes from that has no unit`]),
    ...(coredump === undefined ? [] : ["core dumps in one line"]),
    ...(session === undefined ? [] : [`session-N.scope becomes ${session.value}`]),
    ...(drops.length === 0 ? [] : [`${drops.length} noise drops`]),
  ];
  return parts.join("; ");
}

function parityProof({ fleet, steps }: Migrated): string {
  const found = passed(steps, "parity");
  const { env } = fleet.loki.credential;
  const method =
    "The Promtail configuration was rendered from the committed module, converted, and config.alloy compared with the conversion component by component; then the same journal entries went " +
    "through models of both programs.";
  if (found === undefined) return `${method} That step did not run.`;
  const lines = [found.summary, ...found.details].map((line) => `- ${line}`);
  return `${method} Compared with ${means(found)}:\n\n${lines.join("\n")}\n\nThe credential is the one difference that is meant: \`password_file\` became \`sys.env("${env}")\`.`;
}

function verification(steps: readonly StepRecord[]): string {
  const rows = steps
    .filter(({ id, status }) => id !== "write" && id !== "parity" && status !== "not run")
    .map(({ title, status, summary, means: by }) => {
      const result = status === "passed" ? summary : `${status}: ${summary}`;
      return `| ${title} | ${cell(result)} | ${cell(by.map(meansText).join(", "))} |`;
    });
  return ["| step | result | by |", "|---|---|---|", ...rows].join("\n");
}

function postMerge(canary: string, expectations: Expectations): string {
  return [
    `Once ${canary} has deployed, before the other hosts follow (step 2):`,
    "",
    `    fleet verify ${canary} --watch`,
    "",
    "That is, in Loki:",
    "",
    "```logql",
    ...queries(expectations),
    "```",
  ].join("\n");
}

function queries({ common, names, coredump, session, drops }: Expectations): string[] {
  const base = selector(common);
  const form = "each line in the form that the pipeline gives it";
  return [
    "# the journal is there, with its labels",
    `sum by (${names.join(", ")}) (count_over_time(${base}[5m]))`,
    ...(coredump === undefined
      ? []
      : [
          `# core dumps: ${form}`,
          coredump.labels.length === 0
            ? `${base} |= "core"`
            : `{${base.slice(1, -1)}, ${coredump.labels.map((name) => `${name}!=""`).join(", ")}}`,
        ]),
    ...(session === undefined
      ? []
      : [
          "# none: logins share one unit",
          `{${base.slice(1, -1)}, ${session.label}=~"session-[0-9]+[.]scope"}`,
        ]),
    ...drops.flatMap((rule) => {
      const query = passedThrough(rule, common);
      return query === undefined ? [] : ["# none: dropped", query];
    }),
  ];
}

function commitMessage({ fleet, canary, steps }: Migrated, expectations: Expectations): string {
  const { modules } = fleet.layout;
  const { env, sops } = fleet.loki.credential;
  const plain = (text: string): string => text.replaceAll(/[`*]/g, "");
  const parity = passed(steps, "parity");
  const paragraphs = [
    `${plain(reason(canary))}Add a shared ${modules}/alloy module that ships the systemd journal to Loki as a drop-in replacement of Promtail, and ` +
      `switch ${canary.name} to it as the canary of the migration.`,
    `The pipeline is a committed config.alloy (under environment.etc, for hot reload) and reproduces Promtail's: ${pipeline(expectations)}. ` +
      `${env} comes from the ${sops.secret} sops secret through environmentFile and is read as sys.env("${env}"), which keeps the unit's DynamicUser sandbox.`,
    ...(parity === undefined ? [] : [`Parity, compared with ${means(parity)}: ${parity.summary}.`]),
    plain(others(fleet)),
  ];
  return paragraphs.map((text) => wrap(text, 72)).join("\n\n");
}

function passed(steps: readonly StepRecord[], id: StepId): StepRecord | undefined {
  return steps.find((step) => step.id === id && step.status === "passed");
}

function means(step: StepRecord): string {
  return step.means.map(meansText).join(", ") || "no outside program";
}

/** How a program is named wherever a step's means are shown: an embedded part is always called one. */
export function meansText({ real, name }: StepRecord["means"][number]): string {
  return real ? name : `embedded: ${name}`;
}

function cell(text: string): string {
  return text.replaceAll("|", "\\|").replaceAll("\n", " ");
}

/** Breaks a paragraph between words. */
function wrap(text: string, columns: number): string {
  const lines = [""];
  for (const word of text.split(/\s+/)) {
    const line = lines.at(-1) ?? "";
    if (line !== "" && line.length + 1 + word.length > columns) lines.push(word);
    else lines[lines.length - 1] = line === "" ? word : `${line} ${word}`;
  }
  return lines.join("\n");
}
