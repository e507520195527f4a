import { CODES, type Code } from "./codes.ts";
import type { Diagnostic, Severity } from "./diagnostic.ts";
import type { Span } from "./span.ts";

/** What a diagnostic was found in: a host, a configuration. */
export interface SarifSubject {
  kind: string;
  name: string;
  /** The file to show where the diagnostic has no span; code reviews leave out what has no file. */
  file?: string;
}

export interface SarifFinding {
  diagnostic: Diagnostic;
  subject?: SarifSubject;
}

/** A SARIF 2.1.0 log, as far as fleet writes one. */
export interface SarifLog {
  $schema: string;
  version: "2.1.0";
  runs: [SarifRun];
}

interface SarifRun {
  tool: { driver: { name: string; version: string; rules: { id: Code; shortDescription: Text }[] } };
  originalUriBaseIds: Readonly<Record<string, { description: Text }>>;
  columnKind: "utf16CodeUnits";
  results: SarifResult[];
}

interface SarifResult {
  ruleId: Code;
  ruleIndex: number;
  level: "error" | "warning" | "note";
  message: Text;
  locations: SarifLocation[];
}

interface SarifLocation {
  physicalLocation?: { artifactLocation: { uri: string; uriBaseId?: string }; region?: SarifRegion };
  logicalLocations?: { name: string; kind: string }[];
}

interface SarifRegion {
  startLine: number;
  startColumn: number;
  endLine: number;
  endColumn: number;
}

interface Text {
  text: string;
}

const SCHEMA = "https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/sarif-schema-2.1.0.json";
const ROOT = "%SRCROOT%";
const LEVELS: Readonly<Record<Severity, SarifResult["level"]>> = {
  error: "error",
  warning: "warning",
  info: "note",
};

/**
 * Diagnostics as a SARIF 2.1.0 log with one run, for code reviews. Rules are the codes that occur, in order. What is
 * found in one place of several subjects, such as in a module that hosts share, is one result.
 *
 * @param version fleet's own
 */
export function sarifLog(findings: readonly SarifFinding[], version: string): SarifLog {
  const ids = [...new Set(findings.map(({ diagnostic }) => diagnostic.code))].sort();
  return {
    $schema: SCHEMA,
    version: "2.1.0",
    runs: [
      {
        tool: {
          driver: {
            name: "fleet",
            version,
            rules: ids.map((id) => ({ id, shortDescription: { text: CODES[id] } })),
          },
        },
        originalUriBaseIds: { [ROOT]: { description: { text: "The top directory of the repository." } } },
        columnKind: "utf16CodeUnits",
        results: alike(findings).map((group) => result(group, ids)),
      },
    ],
  };
}

/** Findings that are one result together: the same in one place, of several subjects. */
export function alike(findings: readonly SarifFinding[]): [SarifFinding, ...SarifFinding[]][] {
  const groups = new Map<string, [SarifFinding, ...SarifFinding[]]>();
  for (const finding of findings) {
    const group = groups.get(identity(finding));
    if (group === undefined) groups.set(identity(finding), [finding]);
    else group.push(finding);
  }
  return [...groups.values()];
}

/** Equal for findings that are one result. */
function identity({ diagnostic: { code, severity, message, hint, span }, subject }: SarifFinding): string {
  return JSON.stringify([code, severity, message, hint, span ?? subject?.file]);
}

function result(group: readonly [SarifFinding, ...SarifFinding[]], ids: readonly Code[]): SarifResult {
  const [first] = group;
  const { code, severity, message, hint } = first.diagnostic;
  const place = location(group, first);
  return {
    ruleId: code,
    ruleIndex: ids.indexOf(code),
    level: LEVELS[severity],
    message: { text: hint === undefined ? message : `${message}\n${hint}` },
    locations: place === undefined ? [] : [place],
  };
}

function location(
  group: readonly SarifFinding[],
  { diagnostic: { span }, subject }: SarifFinding,
): SarifLocation | undefined {
  const file = span?.file ?? subject?.file;
  const subjects = new Map(
    group.flatMap((one) => (one.subject === undefined ? [] : [[one.subject.name, one.subject]])),
  );
  if (file === undefined && subjects.size === 0) return undefined;
  return {
    ...(file === undefined
      ? {}
      : { physicalLocation: { artifactLocation: artifact(file), ...(span && { region: region(span) }) } }),
    ...(subjects.size === 0
      ? {}
      : { logicalLocations: [...subjects.values()].map(({ name, kind }) => ({ name, kind })) }),
  };
}

/** A path as a URI: from the repository's top where it is relative. */
function artifact(file: string): { uri: string; uriBaseId?: string } {
  const path = file.split("/").map(encodeURIComponent).join("/");
  return file.startsWith("/") ? { uri: `file://${path}` } : { uri: path, uriBaseId: ROOT };
}

function region({ start, end }: Span): SarifRegion {
  return { startLine: start.line, startColumn: start.column, endLine: end.line, endColumn: end.column };
}
