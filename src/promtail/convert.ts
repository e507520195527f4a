import { format, render, type Item, type Value } from "../alloy/index.ts";
import type { Diagnostic } from "../diagnostics/index.ts";
import { Conversion, type ConvertOptions } from "./convert/conversion.ts";
import { numbered, reference } from "./convert/items.ts";
import { jobItems } from "./convert/job.ts";
import { reportLosses, reportUnsupported, reportVariables } from "./convert/losses.ts";
import { writeItem } from "./convert/write.ts";
import type { Promtail } from "./parse.ts";

export interface Converted {
  /**
   * Alloy source in canonical form. With error diagnostics it lacks what they name; empty for an empty
   * configuration.
   */
  text: string;
  diagnostics: Diagnostic[];
}

/**
 * Converts a promtail configuration to Alloy: by default to the text that `alloy convert --source-format=promtail`
 * prints, with a diagnostic for each thing that text loses; `faithful` to one that does what promtail does.
 */
export function convert(promtail: Promtail, options: ConvertOptions = {}): Converted {
  const conversion = new Conversion(promtail.source, options);
  const { config } = promtail;
  reportUnsupported(config, conversion);
  reportLosses(config, conversion);
  reportVariables(promtail.source.value, [], conversion);
  const writers = writeItems(promtail, conversion);
  const receivers: Value[] = writers.map((_, at) =>
    reference("loki.write", numbered("default", at), "receiver"),
  );
  const items = [
    ...promtail.jobs.flatMap((job) => jobItems(job, promtail, receivers, conversion)),
    ...writers,
  ];
  refuseDuplicates(items, conversion);
  const text = canonical(render(items), conversion);
  return { text, diagnostics: conversion.diagnostics };
}

/** A loki.write for each client; the single client of old configurations comes last. */
function writeItems({ config }: Promtail, conversion: Conversion): Item[] {
  const { client, clients = [] } = config;
  const maxStreams = config.limits_config?.max_streams ?? 0n;
  const shared = conversion.faithful ? (client?.external_labels ?? {}) : {};
  const all = [
    ...clients.map((one, at) => ({ one, path: ["clients", at] })),
    ...(client?.url === undefined ? [] : [{ one: client, path: ["client"] }]),
  ];
  return all.map(({ one, path }, at) => {
    const external_labels = { ...shared, ...one.external_labels };
    return writeItem(numbered("default", at), { ...one, external_labels }, path, maxStreams, conversion);
  });
}

function refuseDuplicates(items: readonly Item[], conversion: Conversion): void {
  const seen = new Set<string>();
  for (const item of items) {
    if (item.kind !== "block") continue;
    const name = `${item.name}.${item.label ?? ""}`;
    if (seen.has(name)) {
      conversion.refuse(
        "promtail/duplicate-label",
        ["scrape_configs"],
        `two jobs would become ${name}`,
        "give the jobs names that differ in letters and digits",
      );
    }
    seen.add(name);
  }
}

/** The source as alloy fmt prints it. */
function canonical(source: string, conversion: Conversion): string {
  if (source === "") return "";
  const { text, diagnostics } = format("config.alloy", source);
  if (text !== undefined) return text;
  // Only stages inside stages have no bound in YAML that Alloy's parser does not have.
  const reason = diagnostics[0]?.message ?? "it is no Alloy source";
  conversion.refuse("promtail/unsupported", [], `the conversion cannot be printed: ${reason}`, "nest less");
  return "";
}
