import { styleText } from "node:util";
import { formatInstant, type Outcome, type Snapshot, type TraceStep } from "../../pipeline/index.ts";

/** How wide and how coloured. */
export interface Terminal {
  columns: number;
  color: boolean;
}

type Style = Parameters<typeof styleText>[0];
type Paint = (style: Style, text: string) => string;

/** One outcome for a person, with its stages when it carries a trace. Ends with a line break. */
export function renderOutcome(outcome: Outcome, terminal: Terminal): string {
  const paint: Paint = (style, text) => {
    return terminal.color ? styleText(style, text, { validateStream: false }) : text;
  };
  const number = paint("dim", outcome.from.map((index) => `#${index + 1}`).join(" "));
  const lines =
    outcome.outcome === "sent"
      ? [
          `${number} ${paint("green", "sent")} to ${outcome.to}${outcome.tenant === null ? "" : ` for tenant ${outcome.tenant}`}`,
          ...wrap(`  ${time(outcome.timestamp)}  ${labelSet(outcome.labels)}`, terminal.columns),
          ...metadata(outcome.structured_metadata),
          ...wrap(`  ${visible(outcome.line)}`, terminal.columns, outcome.trace === undefined ? 2 : Infinity),
        ]
      : [
          `${number} ${paint("red", "dropped")} at ${where(outcome.in, outcome.stage)} ${paint("dim", `(${outcome.reason})`)}`,
          ...wrap(`  ${visible(outcome.detail)}`, terminal.columns),
        ];
  const steps = (outcome.trace ?? []).flatMap((step) => renderStep(step, terminal.columns, paint));
  return `${[...lines, ...steps].join("\n")}\n`;
}

function where(component: string, stage: string): string {
  return component === stage ? component : `${component} ${stage}`;
}

function renderStep(step: TraceStep, columns: number, paint: Paint): string[] {
  const place = `    ${paint("cyan", where(step.in, step.stage))}`;
  const note = step.note === undefined ? "" : ` ${paint("dim", `(${step.note})`)}`;
  if (step.after === undefined) return [`${place} ${paint("red", "drops it")}`];
  const changes = differences(step.before, step.after);
  if (changes.length === 0) return [`${place} ${paint("dim", "changes nothing")}${note}`];
  return [
    `${place}${note}`,
    ...changes.flatMap(({ kind, text }) =>
      wrap(`      ${text}`, columns).map((line) => paint(STYLES[kind], line)),
    ),
  ];
}

/** One thing that a stage changed. */
export interface Change {
  kind: "added" | "removed" | "changed";
  text: string;
}

const STYLES: Readonly<Record<Change["kind"], Style>> = { added: "green", removed: "red", changed: "yellow" };

/** What a stage changed, one line a thing. */
export function differences(before: Snapshot, after: Snapshot): Change[] {
  const changes: Change[] = [
    ...mapChanges("label", before.labels, after.labels),
    ...mapChanges("extracted", before.extracted, after.extracted),
    ...mapChanges("metadata", before.structured_metadata, after.structured_metadata),
  ];
  if (before.timestamp !== after.timestamp) {
    changes.push({ kind: "changed", text: `time ${time(before.timestamp)} -> ${time(after.timestamp)}` });
  }
  if (before.line !== after.line) {
    changes.push({ kind: "changed", text: `line ${shown(before.line)} -> ${shown(after.line)}` });
  }
  return changes;
}

function mapChanges(
  what: string,
  before: Readonly<Record<string, unknown>>,
  after: Readonly<Record<string, unknown>>,
): Change[] {
  const names = [...new Set([...Object.keys(before), ...Object.keys(after)])].sort();
  return names.flatMap<Change>((name) => {
    const [old, value] = [before[name], after[name]];
    if (old === value && name in before === name in after) return [];
    if (!(name in before)) return [{ kind: "added", text: `${what} + ${name} = ${shown(value)}` }];
    if (!(name in after)) return [{ kind: "removed", text: `${what} - ${name} (was ${shown(old)})` }];
    return [{ kind: "changed", text: `${what} ~ ${name} = ${shown(value)} (was ${shown(old)})` }];
  });
}

const SHOWN = 160;

function shown(value: unknown): string {
  const text = JSON.stringify(value);
  return text.length > SHOWN ? `${text.slice(0, SHOWN)}...` : text;
}

function labelSet(labels: Readonly<Record<string, string>>): string {
  return `{${Object.entries(labels)
    .map(([name, value]) => `${name}=${JSON.stringify(value)}`)
    .join(", ")}}`;
}

function metadata(values: Readonly<Record<string, string>>): string[] {
  const names = Object.keys(values);
  return names.length === 0 ? [] : [`  structured metadata ${labelSet(values)}`];
}

function time(nanoseconds: string | null): string {
  return nanoseconds === null ? "(time of reading)" : formatInstant(BigInt(nanoseconds));
}

/** Control characters as escapes, so that a log line cannot steer the terminal. */
function visible(text: string): string {
  return text.replace(/[\u0000-\u001f\u007f-\u009f]/g, (char) => {
    return (
      { "\n": "\\n", "\r": "\\r", "\t": "\\t" }[char] ??
      `\\x${char.charCodeAt(0).toString(16).padStart(2, "0")}`
    );
  });
}

/** Breaks a line at `columns`, at a space where there is one, continued further in; at most `limit` lines. */
function wrap(text: string, columns: number, limit = Infinity): string[] {
  const indent = `${/^ */.exec(text)?.[0] ?? ""}  `;
  const lines: string[] = [];
  let rest = text;
  while (rest.length > columns && lines.length + 1 < limit) {
    const space = rest.lastIndexOf(" ", columns);
    const cut = space > indent.length ? space : columns;
    lines.push(rest.slice(0, cut));
    rest = indent + rest.slice(cut).trimStart();
  }
  lines.push(rest.length > columns ? `${rest.slice(0, columns - 3)}...` : rest);
  return lines;
}

/** Counts outcomes, so that the end can say how many went where. */
export interface Tally {
  add(outcome: Outcome): void;
  render(entries: number, malformed: number): string;
}

export function createTally(): Tally {
  const counts = new Map<string, number>();
  let sent = 0;
  return {
    add(outcome) {
      if (outcome.outcome === "sent") {
        sent++;
        return;
      }
      const place = `${where(outcome.in, outcome.stage)} (${outcome.reason})`;
      counts.set(place, (counts.get(place) ?? 0) + 1);
    },
    render(entries, malformed) {
      const dropped = [...counts.values()].reduce((sum, count) => sum + count, 0);
      const lines = [`${entries} read, ${sent} sent, ${dropped} dropped`];
      for (const [place, count] of counts) lines.push(`  ${count} at ${place}`);
      if (malformed > 0) lines.push(`  ${malformed} malformed`);
      return `\n${lines.join("\n")}\n`;
    },
  };
}
