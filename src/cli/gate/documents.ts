import { sarifLog, type SarifFinding, type TextOf } from "../../diagnostics/index.ts";
import { gateJson, sarifFindings, type GateJson, type GateReport } from "../../gate/index.ts";
import type { Fleet } from "../../manifest/index.ts";
import { codeQuality, githubAnnotations, renderJunit } from "../../report/index.ts";
import type { RuleReport } from "../../rules/index.ts";
import { version } from "../version.ts";
import { junitCase, ruleCase } from "./junit.ts";
import { ruleJson, type RuleJson } from "./rule-json.ts";

/** All that a gate has to say: of each host, and of the change. */
export interface GateOutcome {
  report: GateReport;
  rules: readonly RuleReport[];
  fleet: Fleet;
}

/** True when no host fails and no rule that counts as an error is broken. */
export function isClean({ report, rules }: Omit<GateOutcome, "fleet">): boolean {
  return (
    report.summary.fail === 0 &&
    rules.every(({ level, diagnostics }) => level === "warn" || diagnostics.length === 0)
  );
}

/** What `fleet gate --json` prints. */
export function jsonDocument(outcome: GateOutcome): GateJson & { rules: RuleJson[] } {
  const { report, rules } = outcome;
  return { ...gateJson(report), ok: isClean(outcome), rules: rules.map(ruleJson) };
}

/** The last line of `fleet gate --ndjson`. */
export function ndjsonSummary(outcome: GateOutcome): object {
  const { hosts: _, ...rest } = jsonDocument(outcome);
  return rest;
}

export function junitDocument({ report, rules }: GateOutcome, textOf: TextOf): string {
  const cases = [
    ...report.hosts.map((host) => junitCase(host, textOf)),
    ...rules.map((rule) => ruleCase(rule, textOf)),
  ];
  return renderJunit("fleet gate", cases);
}

export function sarifDocument(outcome: GateOutcome): string {
  return `${JSON.stringify(sarifLog(findingsOf(outcome), version()), null, 2)}\n`;
}

/** Lines that GitHub Actions shows as annotations. */
export function githubLines(outcome: GateOutcome): string {
  return githubAnnotations(findingsOf(outcome));
}

/** A code quality report for GitLab. */
export function codeQualityDocument(outcome: GateOutcome): string {
  return `${JSON.stringify(codeQuality(findingsOf(outcome), outcome.fleet.file), null, 2)}\n`;
}

function findingsOf({ report, rules, fleet }: GateOutcome): SarifFinding[] {
  const ofRules = rules.flatMap(({ diagnostics }) => diagnostics.map((diagnostic) => ({ diagnostic })));
  return [...sarifFindings(report, fleet), ...ofRules];
}
