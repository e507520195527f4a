import type { Diagnostic } from "../diagnostics/index.ts";
import { RULE_NAMES, type Fleet, type RuleLevel, type RuleName } from "../manifest/index.ts";
import type { FileChange } from "./change.ts";
import { vagueImports } from "./imports.ts";
import { touchedSecrets } from "./secrets.ts";
import { changedStateVersions } from "./state-version.ts";

/** What a rule found. */
export interface RuleReport {
  rule: RuleName;
  level: Exclude<RuleLevel, "off">;
  /** Errors or warnings, by the rule's level; none where it holds. */
  diagnostics: readonly Diagnostic[];
}

const CHECKS: readonly [RuleName, (fleet: Fleet, changes: readonly FileChange[]) => Diagnostic[]][] = [
  ["secrets-untouched", touchedSecrets],
  ["state-version-unchanged", changedStateVersions],
  ["explicit-imports", (_, changes) => vagueImports(changes)],
];

/** Holds a change to those rules of the manifest that are about changes, but for those that it turns off. */
export function checkChange(fleet: Fleet, changes: readonly FileChange[]): RuleReport[] {
  return CHECKS.flatMap(([rule, check]) => ruleReport(fleet, rule, () => check(fleet, changes)));
}

/** A rule's report, at the level that the manifest gives it; none for a rule that is off. */
export function ruleReport(fleet: Fleet, rule: RuleName, check: () => Diagnostic[]): RuleReport[] {
  const level = fleet.rules[rule];
  if (level === "off") return [];
  const severity = level === "warn" ? "warning" : "error";
  return [{ rule, level, diagnostics: check().map((diagnostic) => ({ ...diagnostic, severity })) }];
}

/** The fleet with every rule that is not off counting as an error: for a change that fleet makes itself. */
export function strictly(fleet: Fleet): Fleet {
  const levels = RULE_NAMES.map((rule) => [rule, fleet.rules[rule] === "off" ? "off" : "error"] as const);
  return { ...fleet, rules: Object.fromEntries(levels) as Fleet["rules"] };
}

/** Whether a change needs a file's text to be judged. */
export function concernsRules({ hosts }: Pick<Fleet, "hosts">, path: string): boolean {
  return path.endsWith(".nix") || hosts.some((host) => host.secrets === path);
}
