import type { Scrape } from "../../scrape.ts";
import { journalBody } from "./journal.ts";
import { gcplogBody, herokuBody, pushApiBody } from "./push.ts";
import { azureBody, kafkaBody } from "./queue.ts";
import { cloudflareBody, gelfBody, windowsEventsBody } from "./reader.ts";
import type { Body } from "./source.ts";
import { syslogBody } from "./syslog.ts";

interface Source<K extends keyof Scrape = keyof Scrape> {
  key: K;
  component: string;
  body: Body<K>;
}

function source<K extends keyof Scrape>(key: K, component: string, body: Body<K>): Source {
  return { key, component, body: body as Body<keyof Scrape> };
}

/** The sources that produce entries themselves, in the order in which the converter takes them. */
export const SOURCES: readonly Source[] = [
  source("cloudflare", "loki.source.cloudflare", cloudflareBody),
  source("journal", "loki.source.journal", journalBody),
  source("loki_push_api", "loki.source.api", pushApiBody),
  source("syslog", "loki.source.syslog", syslogBody),
  source("gcplog", "loki.source.gcplog", gcplogBody),
  source("windows_events", "loki.source.windowsevent", windowsEventsBody),
  source("kafka", "loki.source.kafka", kafkaBody),
  source("azure_event_hubs", "loki.source.azure_event_hubs", azureBody),
  source("gelf", "loki.source.gelf", gelfBody),
  source("heroku_drain", "loki.source.heroku", herokuBody),
];
