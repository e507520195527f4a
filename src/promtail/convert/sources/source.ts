import type { Item } from "../../../alloy/index.ts";
import type { PromtailConfig } from "../../config.ts";
import type { Scrape } from "../../scrape.ts";
import type { YamlPath } from "../../yaml.ts";
import type { Conversion } from "../conversion.ts";
import type { Wiring } from "../wiring.ts";

/** A source of a job that produces entries itself: its configuration, where that stands, and what is around it. */
export interface SourceOf<K extends keyof Scrape> {
  config: NonNullable<Scrape[K]>;
  path: YamlPath;
  job: Scrape;
  promtail: PromtailConfig;
  wiring: Wiring;
  conversion: Conversion;
}

/** What stands in the component of the source under the key `K`; undefined when it is refused. */
export type Body<K extends keyof Scrape> = (source: SourceOf<K>) => Item[] | undefined;
