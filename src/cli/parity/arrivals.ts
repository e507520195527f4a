import type { Arrival, ArrivalDifference } from "../../parity/index.ts";
import { renderTable } from "../../report/index.ts";
import type { Terminal } from "../explain/view.ts";
import type { Check, RealReport } from "./real.ts";

/** What arrived of whom, and how it compares. */
export function renderReal(report: RealReport, { columns }: Terminal): string {
  const { journal, loki, sides, checks } = report;
  const rows = sides.map(({ name, arrivals: { streams, entries } }) => [name, `${streams}`, `${entries}`]);
  return [
    `\n${journal.entries} journal entries (${journal.origin}) into ${loki}\n`,
    renderTable([["shipped by", "streams", "entries"], ...rows], columns),
    ...checks.map(renderCheck),
  ].join("");
}

function renderCheck({ left, right, ok, equal, differences }: Check): string {
  if (differences.length === 0) return `${left} = ${right}: all ${equal} entries\n`;
  const allowed = differences.filter((one) => one.allowed !== undefined);
  const may = allowed.length === 0 ? "" : `, ${allowed.length} as they may (program)`;
  const head = `${left} ${ok ? "=" : "differs from"} ${right}: ${equal} equal, ${differences.length} not${may}\n`;
  const [first] = ok ? allowed : differences.filter((one) => one.allowed === undefined);
  return first === undefined
    ? head
    : `${head}  ${ok ? "allowed (program)" : "first"}: ${describeDifference(first)}\n`;
}

/** A difference in one sentence: what only one side has, or what is not the same. */
export function describeDifference({ left, right }: ArrivalDifference): string {
  if (left === undefined || right === undefined) {
    const only = left ?? right;
    const line = only === undefined ? "" : `${text(only.labels)} ${text(only.line)}`;
    return `only the ${right === undefined ? "former" : "latter"} has ${line}`;
  }
  const parts = FIELDS.filter(
    (field) => JSON.stringify(ordered(left[field])) !== JSON.stringify(ordered(right[field])),
  );
  const changes = parts.map(
    (field) => `${field.replace("_", " ")} ${text(left[field])} and ${text(right[field])}`,
  );
  const where = parts.includes("line") ? "" : ` of ${text(left.line)}`;
  return `${changes.join(", ")}${where}`;
}

const FIELDS = ["labels", "timestamp", "line", "structured_metadata", "tenant"] as const;

export function realJson({ ok, journal, loki, sides, checks }: RealReport): unknown {
  return {
    ok,
    journal,
    loki,
    sides: sides.map(({ name, arrivals: { streams, entries } }) => ({ name, streams, entries })),
    checks: checks.map(({ left, right, ok: passed, equal, differences }) => ({
      left,
      right,
      ok: passed,
      equal,
      different: differences.length,
      allowed: differences.filter(({ allowed }) => allowed !== undefined).length,
      differences: differences.slice(0, TOLD).map((one) => ({
        left: one.left ?? null,
        right: one.right ?? null,
        allowed: one.allowed ?? null,
      })),
    })),
  };
}

/** Differences that are told one by one. */
const TOLD = 100;

function ordered(value: Arrival[keyof Arrival]): unknown {
  return value !== null && typeof value === "object" ? Object.entries(value).sort() : value;
}

const SHOWN = 120;

function text(value: Arrival[keyof Arrival]): string {
  const json = JSON.stringify(value);
  return json.length > SHOWN ? `${json.slice(0, SHOWN)}...` : json;
}
