import { isValidUtf8 } from "../bytes.ts";
import type { Arguments } from "../config/arguments.ts";
import { textOf } from "../entry.ts";
import type { Step } from "../receiver.ts";
import { refuseBadNames } from "./labels.ts";
import { namedSources } from "./stage.ts";

/** stage.structured_metadata: extracted keys are copied there, labels of the same names are moved. */
export function structuredMetadata(args: Arguments): Step {
  const sources = namedSources(args.map("values", new Map()));
  refuseBadNames(args, sources.keys());
  const regex = args.string("regex", "") === "" ? undefined : args.regex("regex");
  return (entry) => {
    const set = (name: string, value: string | undefined): void => {
      if (value !== undefined && isValidUtf8(value)) entry.structuredMetadata.set(name, value);
    };
    for (const [name, source] of sources) set(name, textOf(entry.extracted.get(source)));
    if (regex !== undefined) {
      for (const [name, value] of entry.extracted) if (regex.test(name)) set(name, textOf(value));
    }
    const moved: string[] = [];
    for (const [name, source] of sources) {
      if (!entry.labels.has(source)) continue;
      set(name, entry.labels.get(source));
      moved.push(source);
    }
    for (const name of moved) entry.labels.delete(name);
    if (regex !== undefined) {
      for (const [name, value] of entry.labels) {
        if (!regex.test(name)) continue;
        set(name, value);
        entry.labels.delete(name);
      }
    }
    return undefined;
  };
}

/** stage.structured_metadata_drop. */
export function structuredMetadataDrop(args: Arguments): Step {
  const names = args.strings("values");
  if (names.length === 0) args.fail("values must not be empty", "values");
  return (entry) => {
    for (const name of names) entry.structuredMetadata.delete(name);
    return undefined;
  };
}
