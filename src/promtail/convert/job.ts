import { isIdentifier, sanitizeIdentifier, type Item, type Value } from "../../alloy/index.ts";
import type { Job, Promtail } from "../parse.ts";
import type { Conversion } from "./conversion.ts";
import { addDiscoveries } from "./discoveries.ts";
import { addDocker } from "./docker.ts";
import { addFiles } from "./files.ts";
import { SOURCES } from "./sources/index.ts";
import { Wiring } from "./wiring.ts";

/** The components of one job, in the order in which they are first needed. */
export function jobItems(
  job: Job,
  { config: promtail }: Promtail,
  receivers: readonly Value[],
  conversion: Conversion,
): Item[] {
  const { config } = job;
  const path = ["scrape_configs", job.index];
  const label = isIdentifier(config.job_name) ? config.job_name : sanitizeIdentifier(config.job_name);
  if (label === undefined) {
    const name = JSON.stringify(config.job_name);
    const message = `the job name ${name} makes no Alloy label`;
    conversion.refuse("promtail/job-name", [...path, "job_name"], message, "rename the job");
    return [];
  }
  const wiring = new Wiring(job, label, promtail.limits_config, receivers, conversion);
  addDiscoveries(config, path, wiring, conversion);
  addFiles(config, promtail, wiring);
  for (const { key, component, body } of SOURCES) {
    const source = config[key];
    if (source === undefined) continue;
    const items = body({ config: source, path: [...path, key], job: config, promtail, wiring, conversion });
    if (items !== undefined) wiring.add(component, label, items);
  }
  addDocker(config, path, wiring, conversion);
  if (wiring.items.length === 0) {
    conversion.lose(
      path,
      `the job ${JSON.stringify(config.job_name)} has no source and vanishes`,
      "give it a journal, static_configs or another source, or remove it",
    );
  }
  return wiring.items;
}
