import { z } from "zod";
import {
  prometheusBaseUrl,
  verifyQueries,
  type PrometheusConnection,
  type QueryResult,
  type Stores,
} from "../../cluster/index.ts";
import { error, FleetError } from "../../diagnostics/index.ts";
import { renderCluster, type RenderedCluster } from "../../generate/index.ts";
import { baseUrl } from "../../loki/index.ts";
import type { RemoteKind } from "../../manifest/index.ts";
import { renderTable } from "../../report/index.ts";
import { chooseCluster } from "../cluster/choose.ts";
import { seconds } from "../duration.ts";
import type { Run } from "../command.ts";
import type { Io } from "../io.ts";
import { readOptions } from "../read-options.ts";

const Options = z.object({
  prometheus: z.url("must be a URL").optional(),
  loki: z.url("must be a URL").optional(),
  since: seconds.default(3600),
});

/** `fleet cluster verify`: does every query of the cluster's modules return data? */
export const run: Run = async (invocation, io) => {
  const options = readOptions(Options, invocation.options, "cluster verify");
  const { cluster } = await chooseCluster(invocation, io);
  const rendered = renderCluster(cluster);
  const stores = storesOf(rendered, options, io);
  const results = await verifyQueries(rendered, stores, { now: Date.now(), since: Math.ceil(options.since) });
  const ok =
    results.length > 0 && results.every(({ outcome }) => outcome !== "missing" && outcome !== "not asked");
  if (invocation.json) {
    const where = { prometheus: stores.prometheus?.url, loki: stores.loki?.url };
    io.json({ ok, cluster: cluster.name, ...where, queries: results });
    return ok ? 0 : 1;
  }
  if (results.length === 0) {
    const hint = "add a remote: without one nothing leaves the cluster";
    throw new FleetError(error("cli/usage", `${cluster.name} has no query to ask`, { hint }), 1);
  }
  const rows = results.map((result) => [result.module, outcomeText(result), result.query]);
  io.out(renderTable([["module", "returns data", "query"], ...rows], Number.MAX_SAFE_INTEGER));
  const good = results.filter(({ outcome }) => outcome === "returns data").length;
  io.log(`${good} of ${results.length} queries return data`);
  return ok ? 0 : 1;
};

function outcomeText({ outcome, found, needs }: QueryResult): string {
  switch (outcome) {
    case "returns data":
      return `yes (${found ?? 0})`;
    case "missing":
      return "NO";
    case "waiting":
      return `not yet: needs ${needs ?? ""}`;
    case "not asked":
      return "not asked: no URL";
  }
}

/** The stores that the options name, else the cluster's first remotes. */
function storesOf(rendered: RenderedCluster, { prometheus, loki }: z.output<typeof Options>, io: Io): Stores {
  const metrics =
    prometheus === undefined ? storeOf(rendered, "prometheus", io) : { url: prometheusBaseUrl(prometheus) };
  const logs = loki === undefined ? storeOf(rendered, "loki", io) : { url: baseUrl(loki) };
  return {
    prometheus: metrics === undefined ? undefined : { ...metrics, signal: io.signal },
    loki: logs === undefined ? undefined : { ...logs, signal: io.signal },
  };
}

/** The first remote of a kind; its password is in the variable that Alloy has it in. */
function storeOf(
  { cluster, passwords }: RenderedCluster,
  kind: RemoteKind,
  io: Io,
): PrometheusConnection | undefined {
  const [first] = [...cluster.remotes[kind]].sort(([a], [b]) => (a < b ? -1 : 1));
  if (first === undefined) return undefined;
  const [name, { url, username }] = first;
  const base = kind === "loki" ? baseUrl(url) : prometheusBaseUrl(url);
  io.log(`asking the ${kind} remote ${name}, ${base}`);
  if (username === undefined) return { url: base };
  const variable = passwords.find((source) => source.kind === kind && source.remote === name)?.variable ?? "";
  const password = io.env[variable];
  if (password !== undefined) return { url: base, basicAuth: { username, password } };
  io.log(`without a password, as ${variable} is not set`);
  return { url: base };
}
