import type { Arguments } from "../config/arguments.ts";
import { textOf } from "../entry.ts";
import { quoteJson } from "../json-text.ts";
import type { Step } from "../receiver.ts";

/**
 * stage.pack: the line becomes a JSON object with the listed keys and `_entry`; labels among them are taken off.
 * With ingest_timestamp (the default) the entry gets the time of reading.
 */
export function pack(args: Arguments): Step {
  const names = [...new Set(args.strings("labels"))].sort();
  const ingest = args.bool("ingest_timestamp", true);
  return (entry) => {
    const pairs: string[] = [];
    for (const name of names) {
      const value = textOf(entry.extracted.get(name));
      if (value === undefined) continue;
      pairs.push(`${quoteJson(name)}:${quoteJson(value)}`);
      entry.labels.delete(name);
    }
    pairs.push(`"_entry":${quoteJson(entry.line)}`);
    entry.line = `{${pairs.join(",")}}`;
    if (ingest) entry.timestamp = null;
    return undefined;
  };
}
