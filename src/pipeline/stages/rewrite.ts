import { byteLength, sliceBytes } from "../bytes.ts";
import type { Arguments } from "../config/arguments.ts";
import { textOf } from "../entry.ts";
import type { Step } from "../receiver.ts";
import { Regex } from "../regex.ts";

/** stage.output: the line becomes the text of an extracted key; a missing or null one keeps the line. */
export function output(args: Arguments): Step {
  const source = args.string("source");
  if (source === "") args.fail("source is required", "source");
  return (entry) => {
    entry.line = textOf(entry.extracted.get(source)) ?? entry.line;
    return undefined;
  };
}

const ANSI = new Regex(
  "[\\x{1B}\\x{9B}][[\\]()#;?]*(?:(?:(?:[a-zA-Z\\d]*(?:;[a-zA-Z\\d]*)*)?\\x07)|" +
    "(?:(?:\\d{1,4}(?:;\\d{0,4})*)?[\\dA-PRZcf-ntqry=><~]))",
);

/** stage.decolorize: terminal escapes are taken out of the line. */
export function decolorize(): Step {
  return (entry) => {
    entry.line = ANSI.replaceAll(entry.line, () => "");
    return undefined;
  };
}

type Field = "line" | "label" | "structured_metadata" | "extracted";

interface TruncateRule {
  field: Field;
  sources: readonly string[];
  cut: (text: string) => string | undefined;
}

/** stage.truncate: cuts to `limit` bytes, suffix included, and names what was cut in the extracted key `truncated`. */
export function truncate(args: Arguments): Step {
  const rules = args.blocks("rule").map((block) => truncateRule(args.inside(block)));
  if (rules.length === 0) args.fail("at least one rule is required");
  return (entry) => {
    const cut = new Set<Field>();
    for (const { field, sources, cut: shorten } of rules) {
      const all = <V>(map: ReadonlyMap<string, V>): readonly string[] =>
        sources.length > 0 ? sources : [...map.keys()];
      if (field === "line") {
        const line = shorten(entry.line);
        if (line !== undefined) cut.add(field);
        entry.line = line ?? entry.line;
      } else {
        const map: Map<string, unknown> =
          field === "label"
            ? entry.labels
            : field === "extracted"
              ? entry.extracted
              : entry.structuredMetadata;
        for (const name of all(map)) {
          const value = map.get(name);
          const shorter = typeof value === "string" ? shorten(value) : undefined;
          if (shorter === undefined) continue;
          map.set(name, shorter);
          cut.add(field);
        }
      }
      if (cut.size > 0) entry.extracted.set("truncated", mergeNames(entry.extracted.get("truncated"), cut));
    }
    return undefined;
  };
}

function truncateRule(args: Arguments): TruncateRule {
  const limit = args.bytes("limit");
  const suffix = args.string("suffix", "");
  const field = args.choice("source_type", ["line", "label", "structured_metadata", "extracted"], "line");
  const sources = args.strings("sources", []);
  if (limit <= 0) args.fail("limit must be greater than zero", "limit");
  if (field === "line" && sources.length > 0)
    args.fail("sources cannot be set when source_type is line", "sources");
  if (suffix !== "" && limit <= byteLength(suffix))
    args.fail("the suffix is not shorter than the limit", "suffix");
  const kept = limit - byteLength(suffix);
  return {
    field,
    sources,
    cut: (text) => (byteLength(text) > kept ? sliceBytes(text, 0, kept) + suffix : undefined),
  };
}

function mergeNames(existing: unknown, cut: ReadonlySet<Field>): string {
  const names = new Set<string>(cut);
  if (typeof existing === "string") for (const name of existing.split(",")) names.add(name);
  return [...names].sort().join(",");
}
