import { z } from "zod";
import { fillVault, serviceUrl, up, VAULT_TOKEN } from "../../dev/index.ts";
import { diagnosticJson } from "../../diagnostics/index.ts";
import { renderCluster } from "../../generate/index.ts";
import type { Cluster } from "../../manifest/index.ts";
import { findRoot, loadFleet } from "../../repository/index.ts";
import { chooseCluster } from "../cluster/choose.ts";
import type { Invocation, Run } from "../command.ts";
import { portsOf } from "../dev/options.ts";
import { servicesTable } from "../dev/services.ts";
import type { Io } from "../io.ts";

const Options = z.object({
  port: z.array(z.string()).default([]),
  with: z.enum(["compose", "processes"]).optional(),
  clusterName: z.string().optional(),
});

/** `fleet dev up`: the local stack, and in its Vault a password for each remote of each cluster. */
export const run: Run = async (invocation, io) => {
  const options = Options.parse(invocation.options);
  const ports = portsOf(options.port);
  const { tools, clusters } = await clustersOf(invocation, options.clusterName !== undefined, io);
  const { way, services, diagnostics } = await up({
    ports,
    way: options.with,
    tools,
    env: io.env,
    cwd: io.cwd,
    log: (line) => io.log(line),
    signal: io.signal,
  });
  const vault = serviceUrl(ports, "vault");
  const secrets = await fillVault(vault, clusters.map(renderCluster));
  if (invocation.json) {
    io.json({ ok: true, way, services, secrets, diagnostics: diagnostics.map(diagnosticJson) });
    return 0;
  }
  io.report(diagnostics);
  io.out(servicesTable(services));
  for (const path of secrets) io.log(`made a password at ${path} in Vault`);
  io.log(
    `VAULT_ADDR=${vault} VAULT_TOKEN=${VAULT_TOKEN} are what Vault's own program and \`fleet cluster apply\` read`,
  );
  io.log("fleet dev down ends it and removes its data");
  return 0;
};

/** The cluster that the options describe, else those of the manifest, where there is one. */
async function clustersOf(
  invocation: Invocation,
  described: boolean,
  io: Io,
): Promise<{ clusters: readonly Cluster[]; tools: Readonly<Record<string, string>> }> {
  if (described) {
    const { cluster, repository } = await chooseCluster(invocation, io);
    return { clusters: [cluster], tools: repository?.fleet.tools ?? {} };
  }
  const root = await findRoot({ repo: invocation.repo, cwd: io.cwd }).catch(() => undefined);
  if (root === undefined) return { clusters: [], tools: {} };
  const { fleet } = await loadFleet(root);
  return { clusters: fleet.clusters, tools: fleet.tools };
}
