import { isValidUtf8 } from "../bytes.ts";
import type { Arguments } from "../config/arguments.ts";
import { isLabelName, textOf } from "../entry.ts";
import type { Step } from "../receiver.ts";
import { namedSources } from "./stage.ts";

/** stage.labels: labels from extracted keys (or structured metadata); a missing key leaves the label as it was. */
export function labels(args: Arguments): Step {
  const sources = namedSources(args.map("values"));
  refuseBadNames(args, sources.keys());
  const fromMetadata =
    args.choice("source_type", ["extracted", "structured_metadata"], "extracted") === "structured_metadata";
  return (entry) => {
    for (const [name, source] of sources) {
      const value = fromMetadata ? entry.structuredMetadata.get(source) : textOf(entry.extracted.get(source));
      if (value !== undefined && isValidUtf8(value)) entry.labels.set(name, value);
    }
    return undefined;
  };
}

/** stage.static_labels: fixed labels that overwrite; empty values are skipped. */
export function staticLabels(args: Arguments): Step {
  const values = [...args.map("values")].filter(([, value]) => value !== "");
  refuseBadNames(args, args.map("values").keys());
  return (entry) => {
    for (const [name, value] of values) entry.labels.set(name, value);
    return undefined;
  };
}

/** stage.label_drop. */
export function labelDrop(args: Arguments): Step {
  const names = args.strings("values");
  if (names.length === 0) args.fail("values must not be empty", "values");
  return (entry) => {
    for (const name of names) entry.labels.delete(name);
    return undefined;
  };
}

/** stage.label_keep: only the named labels stay. */
export function labelKeep(args: Arguments): Step {
  const names = new Set(args.strings("values"));
  if (names.size === 0) args.fail("values must not be empty", "values");
  return (entry) => {
    for (const name of entry.labels.keys()) if (!names.has(name)) entry.labels.delete(name);
    return undefined;
  };
}

/** Refuses names that Loki could not take. */
export function refuseBadNames(args: Arguments, names: Iterable<string>): void {
  for (const name of names) if (!isLabelName(name)) args.fail(`invalid label name: ${name}`, "values");
}
