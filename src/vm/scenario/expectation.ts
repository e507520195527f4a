/** What a log query must find in Loki. Of the demands, those that are given must all hold. */
export interface LokiExpectation {
  /** A sentence: "the kernel's line has the unit kernel". */
  name: string;
  /** LogQL, a log query. */
  query: string;
  /** Exactly so many entries; 0 says that there must be none. */
  count?: number;
  /** At least so many entries. */
  atLeast?: number;
  /** Exactly these lines, in any order. */
  lines?: readonly string[];
  /** Labels that every entry has. */
  labels?: Readonly<Record<string, string>>;
  /** Labels that no entry has. */
  withoutLabels?: readonly string[];
  /** Seconds until when it must hold. */
  within: number;
}

/** An entry that a query found. */
export interface LokiEntry {
  labels: Readonly<Record<string, string>>;
  line: string;
}

/** What is wrong with what was found, in words: "expected 1 entry"; undefined when all demands hold. */
export function judge(expectation: LokiExpectation, found: readonly LokiEntry[]): string | undefined {
  const { count, atLeast, lines, labels = {}, withoutLabels = [] } = expectation;
  if (count !== undefined && found.length !== count) return `expected ${entries(count)}`;
  if (atLeast !== undefined && found.length < atLeast) return `expected at least ${entries(atLeast)}`;
  const differing = lines && compareLines(lines, found);
  if (differing !== undefined) return differing;
  for (const [label, value] of Object.entries(labels)) {
    if (found.some((entry) => entry.labels[label] !== value)) return `expected ${label}="${value}"`;
  }
  for (const label of withoutLabels) {
    if (found.some((entry) => entry.labels[label] !== undefined)) return `expected no label ${label}`;
  }
  return undefined;
}

/** How the lines that were found differ from those expected; undefined when they do not. */
function compareLines(lines: readonly string[], found: readonly LokiEntry[]): string | undefined {
  const got = found.map(({ line }) => line);
  const missing = without(lines, got);
  const excess = without(got, lines);
  if (missing.length === 0 && excess.length === 0) return undefined;
  const list = (some: readonly string[]): string => some.slice(0, SHOWN).map(shorten).join(" | ");
  if (lines.length === 1) return `expected the line ${list(lines)}`;
  const parts = [
    ...(missing.length === 0 ? [] : [`of which ${missing.length} are missing (${list(missing)})`]),
    ...(excess.length === 0 ? [] : [`besides which there are ${excess.length} (${list(excess)})`]),
  ];
  return `expected ${lines.length} lines, ${parts.join(", ")}`;
}

/** The lines of `some` that are not in `others`, each as often as it is there too many times. */
function without(some: readonly string[], others: readonly string[]): string[] {
  const left = new Map<string, number>();
  for (const line of others) left.set(line, (left.get(line) ?? 0) + 1);
  return some.filter((line) => {
    const count = left.get(line) ?? 0;
    left.set(line, count - 1);
    return count <= 0;
  });
}

function entries(count: number): string {
  return count === 0 ? "no entry" : count === 1 ? "1 entry" : `${count} entries`;
}

/** Entries, and characters of a line, in a message. */
const SHOWN = 5;
const LINE = 160;

/** What Loki had, for a message: each entry with its labels and line, of many the first ones. */
export function describe(found: readonly LokiEntry[]): string {
  if (found.length === 0) return "Loki had nothing";
  const shown = found
    .slice(0, SHOWN)
    .map(({ labels, line }) => `\n  ${selectorText(labels)} ${shorten(line)}`);
  const more = found.length > SHOWN ? `\n  and ${found.length - SHOWN} more` : "";
  return `Loki had ${entries(found.length)}:${shown.join("")}${more}`;
}

/** Labels as LogQL writes them, sorted by name. */
export function selectorText(labels: Readonly<Record<string, string>>): string {
  const pairs = Object.entries(labels).sort(([left], [right]) => (left < right ? -1 : 1));
  return `{${pairs.map(([name, value]) => `${name}="${value}"`).join(", ")}}`;
}

function shorten(line: string): string {
  return line.length > LINE ? `${line.slice(0, LINE)}...` : line;
}
