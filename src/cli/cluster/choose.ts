import { z } from "zod";
import { closest, error, FleetError } from "../../diagnostics/index.ts";
import { defaultCluster, parseRemotes, type Cluster, type Fleet } from "../../manifest/index.ts";
import { findRoot, loadFleet, MANIFEST } from "../../repository/index.ts";
import type { Invocation } from "../command.ts";
import type { Io } from "../io.ts";

/** The values of CLUSTER_OPTIONS. */
const Options = z.object({
  clusterName: z.string().optional(),
  addPrometheusRemote: z.array(z.string()).default([]),
  addLokiRemote: z.array(z.string()).default([]),
  monitorBlockNode: z.boolean().default(false),
});

export interface ChosenCluster {
  cluster: Cluster;
  /** True when the manifest alone says what the cluster is to have. */
  asInManifest: boolean;
  /** The repository whose manifest was read; undefined where there is none. */
  repository: { root: string; fleet: Fleet } | undefined;
}

/**
 * The cluster that a command line is about, as the manifest describes it and the options change it.
 *
 * @throws FleetError `cluster/unknown`, `cluster/bad-name`, `cluster/bad-remote`, `cluster/duplicate-remote`, and what
 *   is wrong with the manifest.
 */
export async function chooseCluster(invocation: Invocation, io: Io): Promise<ChosenCluster> {
  const options = Options.parse(invocation.options);
  const repository = await manifestOf(invocation, io);
  const name = nameOf(invocation, options.clusterName, repository?.fleet);
  const base = namedCluster(name, repository?.fleet, io);
  const prometheus = parseRemotes("prometheus", options.addPrometheusRemote);
  const loki = parseRemotes("loki", options.addLokiRemote);
  const diagnostics = [...prometheus.diagnostics, ...loki.diagnostics];
  if (diagnostics.length > 0) throw new FleetError(diagnostics);
  const given = prometheus.remotes.size + loki.remotes.size > 0;
  if (given && base.remotes.prometheus.size + base.remotes.loki.size > 0)
    io.log(`the remotes are those of the command line; those of ${MANIFEST} are left out`);
  const remotes = given ? { prometheus: prometheus.remotes, loki: loki.remotes } : base.remotes;
  const modules: Cluster["modules"] = options.monitorBlockNode
    ? [...new Set([...base.modules, "block-node" as const])]
    : base.modules;
  const known = repository?.fleet.clusters.includes(base) === true;
  const asInManifest = known && !given && modules.length === base.modules.length;
  return { cluster: { ...base, modules, remotes }, asInManifest, repository };
}

/** The repository and its manifest. Only where none was asked for may there be none. */
async function manifestOf(invocation: Invocation, io: Io): Promise<ChosenCluster["repository"]> {
  try {
    return await loadFleet(await findRoot({ repo: invocation.repo, cwd: io.cwd }));
  } catch (caught) {
    const codes = caught instanceof FleetError ? caught.diagnostics.map(({ code }) => code) : [];
    const none = codes.includes("manifest/not-found") || codes.includes("repository/not-found");
    if (none && invocation.repo === undefined) return undefined;
    throw caught;
  }
}

function nameOf(
  { arguments: [first] }: Invocation,
  flag: string | undefined,
  fleet: Fleet | undefined,
): string {
  const argument = typeof first === "string" ? first : undefined;
  if (argument !== undefined && flag !== undefined && argument !== flag) {
    const hint = "name the cluster once";
    throw new FleetError(error("cli/usage", `two clusters are named, ${argument} and ${flag}`, { hint }));
  }
  const known = fleet?.clusters.map(({ name }) => name) ?? [];
  const name = argument ?? flag ?? (known.length === 1 ? known[0] : undefined);
  if (name !== undefined) return name;
  const hint = known.length === 0 ? "name it: fleet cluster render NAME" : `clusters: ${known.join(", ")}`;
  throw new FleetError(error("cli/usage", "which cluster?", { hint }));
}

/** The cluster of the manifest. Where the manifest has none at all, the command line describes the whole cluster. */
function namedCluster(name: string, fleet: Fleet | undefined, io: Io): Cluster {
  const clusters = fleet?.clusters ?? [];
  const found = clusters.find((cluster) => cluster.name === name);
  if (found !== undefined) return found;
  const known = clusters.map((cluster) => cluster.name);
  if (known.length > 0) {
    const meant = closest(name, known);
    const hint = meant === undefined ? `clusters: ${known.join(", ")}` : `did you mean ${meant}?`;
    throw new FleetError(error("cluster/unknown", `${MANIFEST} has no cluster ${name}`, { hint }));
  }
  const made = defaultCluster(name);
  if (made === undefined) {
    const hint = "lower-case letters, digits and `-`, at most 63 characters";
    throw new FleetError(error("cluster/bad-name", `${name} cannot be a cluster's name`, { hint }));
  }
  io.log(`no manifest describes ${name}: it has the modules that are always on, and what the options add`);
  return made;
}
