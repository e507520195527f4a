import type { z } from "zod";
import { httpClient, oneCredential } from "./http-client.ts";
import { duration, flag, integer, labels, mapping, optional, text, url } from "./values.ts";

/** An entry of `clients`: a Loki that promtail pushes to. */
export const client = mapping({
  name: optional(text),
  url: optional(url),
  batchwait: optional(duration),
  batchsize: optional(integer),
  backoff_config: optional(
    mapping({
      min_period: optional(duration),
      max_period: optional(duration),
      max_retries: optional(integer),
    }),
  ),
  headers: optional(labels),
  external_labels: optional(labels),
  timeout: optional(duration),
  tenant_id: optional(text),
  drop_rate_limited_batches: optional(flag),
  ...httpClient,
}).superRefine(oneCredential);
export type Client = z.output<typeof client>;
