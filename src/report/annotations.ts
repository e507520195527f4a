import { createHash } from "node:crypto";
import { alike, type SarifFinding, type Severity } from "../diagnostics/index.ts";

const COMMANDS: Readonly<Record<Severity, string>> = { error: "error", warning: "warning", info: "notice" };
const SEVERITIES: Readonly<Record<Severity, string>> = { error: "critical", warning: "minor", info: "info" };

/**
 * Findings as the workflow commands by which GitHub Actions shows them beside the lines of a change: a line each, as in
 * https://docs.github.com/en/actions/reference/workflows-and-actions/workflow-commands. What several subjects share is
 * said once. Empty without findings.
 */
export function githubAnnotations(findings: readonly SarifFinding[]): string {
  return alike(findings)
    .map((group) => {
      const [{ diagnostic, subject }] = group;
      const { code, severity, span } = diagnostic;
      const file = span?.file ?? subject?.file;
      const place: [string, string | number][] = [
        ...(file === undefined ? [] : [["file", file] as [string, string]]),
        ...(span === undefined
          ? []
          : ([
              ["line", span.start.line],
              ["endLine", span.end.line],
              ["col", span.start.column],
              ["endColumn", span.end.column],
            ] as [string, number][])),
        ["title", `${code}${named(group)}`],
      ];
      const properties = place.map(([name, value]) => `${name}=${property(String(value))}`).join(",");
      return `::${COMMANDS[severity]} ${properties}::${data(textOf(diagnostic))}\n`;
    })
    .join("");
}

/** A finding in a GitLab code quality report. */
export interface CodeQualityIssue {
  description: string;
  check_name: string;
  /** The same for the same finding in another run, wherever in its file it then stands. */
  fingerprint: string;
  severity: string;
  location: { path: string; lines: { begin: number } };
}

/**
 * Findings as GitLab's code quality report has them, see https://docs.gitlab.com/ci/testing/code_quality/.
 *
 * @param fallback the file to show what has no place at
 */
export function codeQuality(findings: readonly SarifFinding[], fallback: string): CodeQualityIssue[] {
  const seen = new Map<string, number>();
  return alike(findings).map((group) => {
    const [{ diagnostic, subject }] = group;
    const path = diagnostic.span?.file ?? subject?.file ?? fallback;
    const identity = JSON.stringify([diagnostic.code, path, diagnostic.message]);
    const nth = seen.get(identity) ?? 0;
    seen.set(identity, nth + 1);
    return {
      description: `${textOf(diagnostic)}${named(group)}`,
      check_name: diagnostic.code,
      fingerprint: createHash("sha256").update(`${identity}${nth}`).digest("hex"),
      severity: SEVERITIES[diagnostic.severity],
      location: { path, lines: { begin: diagnostic.span?.start.line ?? 1 } },
    };
  });
}

function textOf({ message, hint }: SarifFinding["diagnostic"]): string {
  return hint === undefined ? message : `${message}\n${hint}`;
}

/** Whom a finding is about, in brackets. */
function named(group: readonly SarifFinding[]): string {
  const names = new Set(group.flatMap(({ subject }) => subject?.name ?? []));
  return names.size === 0 ? "" : ` (${[...names].join(", ")})`;
}

function data(text: string): string {
  return text.replaceAll("%", "%25").replaceAll("\r", "%0D").replaceAll("\n", "%0A");
}

function property(text: string): string {
  return data(text).replaceAll(":", "%3A").replaceAll(",", "%2C");
}
