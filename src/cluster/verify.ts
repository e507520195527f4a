import type { ModuleName, Query, RenderedCluster } from "../generate/index.ts";
import { queryVector, type LokiConnection } from "../loki/index.ts";
import { countSeries, type PrometheusConnection } from "./prometheus.ts";

/** What one query of a module found. */
export interface QueryResult extends Query {
  module: ModuleName;
  /** Series of a PromQL query, lines of a LogQL query; undefined when it was not asked. */
  found: number | undefined;
  /**
   * `missing`: it found nothing and should have; `waiting`: it found nothing, which `needs` may explain; `not asked`:
   * nobody said where its store is.
   */
  outcome: "returns data" | "missing" | "waiting" | "not asked";
}

export interface Stores {
  prometheus: PrometheusConnection | undefined;
  loki: LokiConnection | undefined;
}

export interface VerifyOptions {
  /** The time up to which is looked, in milliseconds since 1970. */
  now: number;
  /** How far back logs are looked for, in whole seconds. */
  since: number;
}

/**
 * Asks every query of the cluster's modules: what works returns data.
 *
 * @throws FleetError when a store does not answer: `cluster/query-failed`, `loki/query-failed`, `loki/unreachable`
 */
export async function verifyQueries(
  { modules }: RenderedCluster,
  stores: Stores,
  options: VerifyOptions,
): Promise<QueryResult[]> {
  const results: QueryResult[] = [];
  for (const { name, queries } of modules) {
    for (const query of queries) {
      const found = await count(query, stores, options);
      results.push({ module: name, ...query, found, outcome: judge(query, found) });
    }
  }
  return results;
}

async function count(
  { language, query }: Query,
  { prometheus, loki }: Stores,
  { now, since }: VerifyOptions,
): Promise<number | undefined> {
  if (language === "promql")
    return prometheus === undefined ? undefined : countSeries(prometheus, query, now);
  if (loki === undefined) return undefined;
  const counted = await queryVector(
    loki,
    `sum(count_over_time(${query} [${since}s]))`,
    BigInt(now) * 1_000_000n,
  );
  return counted[0]?.value ?? 0;
}

function judge({ needs }: Query, found: number | undefined): QueryResult["outcome"] {
  if (found === undefined) return "not asked";
  if (found > 0) return "returns data";
  return needs === undefined ? "missing" : "waiting";
}
