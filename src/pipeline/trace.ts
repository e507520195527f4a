import { printable } from "./bytes.ts";
import type { Entry } from "./entry.ts";
import type { Snapshot } from "./outcome.ts";

/** A frozen view of an entry. */
export function snapshot(entry: Entry): Snapshot {
  return {
    line: printable(entry.line),
    timestamp: entry.timestamp === null ? null : String(entry.timestamp),
    labels: sorted(entry.labels),
    extracted: sorted(entry.extracted),
    structured_metadata: sorted(entry.structuredMetadata),
  };
}

/** Begins the trace of an entry, if it has one, with the labels that its source gave it. */
export function traceSource(entry: Entry, component: string): void {
  if (entry.trace === undefined) return;
  const after = snapshot(entry);
  entry.trace.push({ in: component, stage: component, before: { ...after, labels: {} }, after });
}

/** The entries of a map as an object with its keys in order, bytes made printable. */
export function sorted<V>(map: ReadonlyMap<string, V>): Record<string, V> {
  const result: Record<string, V> = {};
  if (map.size === 0) return result;
  for (const name of [...map.keys()].sort()) {
    const value = map.get(name) as V;
    result[printable(name)] = typeof value === "string" ? (printable(value) as V) : value;
  }
  return result;
}
