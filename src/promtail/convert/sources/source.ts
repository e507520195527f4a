import { raw, type Item, type Value } from "../../../alloy/index.ts";
import type { Scrape } from "../../scrape.ts";
import type { YamlPath } from "../../yaml.ts";
import type { Conversion } from "../conversion.ts";

/** What a source is connected to: made when it is first asked for, because its component then comes next. */
export interface Wiring {
  forwardTo: () => readonly Value[];
  /** The rules of discovery.relabel, null without relabel_configs. */
  rules: () => Value;
  /** Where a source without relabel_rules sends to: loki.relabel, or as `forwardTo`. */
  relabelled: () => readonly Value[];
}

/** A source of one job: its configuration, where that stands, and what it is connected to. */
export interface SourceOf<K extends keyof Scrape> {
  config: NonNullable<Scrape[K]>;
  path: YamlPath;
  wiring: Wiring;
  conversion: Conversion;
}

/** What stands in the component of the source under the key `K`; undefined when it is refused. */
export type Body<K extends keyof Scrape> = (source: SourceOf<K>) => Item[] | undefined;

/** The reference to an export, as a value. */
export function reference(component: string, label: string, field: string): Value {
  return raw(`${component}.${label}.${field}`);
}
