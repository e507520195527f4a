import { z } from "zod";
import { CONSUL_AGENT, DISCOVERIES, DOCKER } from "./discovery.ts";
import { relabelRule } from "./relabel.ts";
import {
  azureEventHub,
  cloudflare,
  gcplog,
  gelf,
  herokuDrain,
  journal,
  kafka,
  pushApi,
  syslog,
  windowsEvents,
} from "./targets.ts";
import { duration, flag, labels, list, mapping, optional, text } from "./values.ts";
import type { Yaml } from "./yaml.ts";

const discoveries = Object.fromEntries(
  Object.entries(DISCOVERIES).map(([key, { type }]) => [key, optional(list(type))]),
) as Record<string, z.ZodType<readonly Readonly<Record<string, unknown>>[] | undefined>>;

const targetGroup = mapping({ targets: optional(list(text)), labels: optional(labels) });

/** An entry of `scrape_configs`. Stages are read one by one later, because a bad one is not fatal. */
export const scrape = mapping({
  job_name: text.refine((name) => name !== "", { error: "the job_name is empty" }),
  pipeline_stages: optional(list(z.custom<Yaml>(() => true))),
  journal: optional(journal),
  syslog: optional(syslog),
  gcplog: optional(gcplog),
  loki_push_api: optional(pushApi),
  windows_events: optional(windowsEvents),
  kafka: optional(kafka),
  azure_event_hubs: optional(azureEventHub),
  gelf: optional(gelf),
  cloudflare: optional(cloudflare),
  heroku_drain: optional(herokuDrain),
  relabel_configs: optional(list(relabelRule)),
  decompression: optional(
    mapping({ enabled: optional(flag), initial_delay: optional(duration), format: optional(text) }),
  ),
  encoding: optional(text),
  static_configs: optional(list(targetGroup)),
  docker_sd_configs: optional(list(DOCKER.type)),
  consulagent_sd_configs: optional(list(CONSUL_AGENT.type)),
  ...discoveries,
});
export type Scrape = z.output<typeof scrape>;
