import type { z } from "zod";
import { client } from "./client.ts";
import { scrape } from "./scrape.ts";
import { serverSettings } from "./targets.ts";
import { byteSize, duration, flag, integer, list, mapping, number, optional, text } from "./values.ts";

/** The configuration file of Promtail 3.6. */
export const promtailConfig = mapping({
  global: optional(
    mapping({
      file_watch_config: optional(
        mapping({ min_poll_frequency: optional(duration), max_poll_frequency: optional(duration) }),
      ),
    }),
  ),
  server: optional(
    mapping({
      ...serverSettings,
      external_url: optional(text),
      health_check_target: optional(flag),
      disable: optional(flag),
      profiling_enabled: optional(flag),
      enable_runtime_reload: optional(flag),
    }),
  ),
  client: optional(client),
  clients: optional(list(client)),
  positions: optional(
    mapping({
      filename: optional(text),
      sync_period: optional(duration),
      ignore_invalid_yaml: optional(flag),
    }),
  ),
  scrape_configs: optional(list(scrape)),
  target_config: optional(mapping({ sync_period: optional(duration), stdin: optional(flag) })),
  limits_config: optional(
    mapping({
      readline_rate: optional(number),
      readline_burst: optional(integer),
      readline_rate_enabled: optional(flag),
      readline_rate_drop: optional(flag),
      max_streams: optional(integer),
      max_line_size: optional(byteSize),
      max_line_size_truncate: optional(flag),
    }),
  ),
  options: optional(mapping({})),
  tracing: optional(mapping({ enabled: optional(flag) })),
  wal: optional(
    mapping({
      enabled: optional(flag),
      dir: optional(text),
      cleanSegmentsOlderThan: optional(duration),
      watchConfig: optional(
        mapping({
          minReadFrequency: optional(duration),
          maxReadFrequency: optional(duration),
          drainTimeout: optional(duration),
        }),
      ),
    }),
  ),
});
export type PromtailConfig = z.output<typeof promtailConfig>;
