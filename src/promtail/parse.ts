import { hasErrors, type Diagnostic } from "../diagnostics/index.ts";
import { promtailConfig, type PromtailConfig } from "./config.ts";
import { issueDiagnostics } from "./issues.ts";
import type { Scrape } from "./scrape.ts";
import { readStages } from "./read-stages.ts";
import type { Stage } from "./stages.ts";
import { readYaml, type YamlSource } from "./yaml.ts";

/** A job of `scrape_configs` with its stages read. */
export interface Job {
  /** Its index in `scrape_configs`. */
  index: number;
  config: Scrape;
  stages: readonly Stage[];
}

/** A promtail configuration that can be worked with. */
export interface Promtail {
  config: PromtailConfig;
  jobs: readonly Job[];
  source: YamlSource;
}

export interface PromtailResult {
  /** Undefined when promtail itself would refuse the file. */
  promtail: Promtail | undefined;
  diagnostics: Diagnostic[];
}

/**
 * Reads a promtail configuration, YAML or JSON. Unknown keys, wrong kinds of values and stages that do not exist
 * are errors at their place; `file` names the file in spans. An empty text is an empty configuration.
 */
export function parsePromtail(file: string, text: string): PromtailResult {
  const source = readYaml(file, text);
  const diagnostics = [...source.diagnostics];
  if (hasErrors(diagnostics)) return { promtail: undefined, diagnostics };
  const parsed = promtailConfig.safeParse(source.value ?? {});
  if (!parsed.success) {
    diagnostics.push(...issueDiagnostics(parsed.error.issues, [], source, "promtail/wrong-value"));
    return { promtail: undefined, diagnostics };
  }
  const jobs = (parsed.data.scrape_configs ?? []).map((config, index): Job => {
    const items = config.pipeline_stages ?? [];
    const read = readStages(items, ["scrape_configs", index, "pipeline_stages"], source);
    diagnostics.push(...read.diagnostics);
    return { index, config, stages: read.stages };
  });
  return { promtail: { config: parsed.data, jobs, source }, diagnostics };
}
