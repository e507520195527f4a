import { mkdir } from "node:fs/promises";
import { join, resolve } from "node:path";
import { z } from "zod";
import { diagnosticJson, error, FleetError, hasErrors } from "../../diagnostics/index.ts";
import { clusterFiles, objectsText, renderCluster, type RenderedCluster } from "../../generate/index.ts";
import { MANIFEST } from "../../repository/index.ts";
import { renderTable } from "../../report/index.ts";
import { chooseCluster } from "../cluster/choose.ts";
import { validateConfig } from "../cluster/validate.ts";
import type { Run } from "../command.ts";
import type { Io } from "../io.ts";
import { writeOutput } from "../output.ts";

const Options = z.object({ output: z.string().optional(), config: z.boolean().default(false) });

/** `fleet cluster render`: a cluster's manifests, once its own configuration is valid. */
export const run: Run = async (invocation, io) => {
  const { output, config } = Options.parse(invocation.options);
  if (config && output !== undefined) {
    const hint = "leave one out; --config prints to stdout";
    throw new FleetError(error("cli/usage", "--config and --output exclude each other", { hint }));
  }
  const { cluster, asInManifest } = await chooseCluster(invocation, io);
  const rendered = renderCluster(cluster);
  const diagnostics = validateConfig(rendered);
  const ok = !hasErrors(diagnostics);
  explain(rendered, io);
  if (!invocation.json) io.report(diagnostics, () => rendered.config);
  const written =
    ok && output !== undefined ? await write(rendered, output, asInManifest ? MANIFEST : undefined, io) : [];
  if (invocation.json) {
    const { modules, passwords, objects, values } = rendered;
    io.json({
      ok,
      cluster: cluster.name,
      modules,
      passwords,
      config: rendered.config,
      objects,
      ...(values === undefined ? {} : { values }),
      written,
      diagnostics: diagnostics.map(diagnosticJson),
    });
  } else if (ok && output === undefined) {
    io.out(config ? rendered.config : objectsText(rendered.objects));
  }
  return ok ? 0 : 1;
};

/** Which module is in and why, and what has to be in Vault. */
function explain({ cluster, modules, passwords }: RenderedCluster, io: Io): void {
  const rows = modules.map(({ name, included, why }) => [name, included ? "in" : "out", why]);
  // Reasons are for reading: none is cut to the terminal's width.
  io.log(renderTable([["module", "", "why"], ...rows], Infinity).trimEnd());
  const mount = cluster.secrets.vault?.mount;
  for (const { vaultKey, property } of passwords) {
    io.log(`needs ${property} of ${vaultKey} in Vault${mount === undefined ? "" : ` (mount ${mount})`}`);
  }
  if (passwords.length > 0 && mount === undefined)
    io.log(
      `takes ClusterSecretStore ${cluster.secrets.store} to be there: fleet.yaml does not describe Vault`,
    );
}

async function write(
  rendered: RenderedCluster,
  directory: string,
  source: string | undefined,
  io: Io,
): Promise<string[]> {
  await mkdir(resolve(io.cwd, directory), { recursive: true }).catch((caught: unknown) => {
    const reason = caught instanceof Error ? caught.message : String(caught);
    const hint = "check the path and its permissions";
    throw new FleetError(error("cli/unwritable", `${directory} cannot be made: ${reason}`, { hint }));
  });
  const files = [...clusterFiles(rendered, source)].map(
    ([name, text]) => [join(directory, name), text] as const,
  );
  for (const [path, text] of files) {
    await writeOutput(path, text, io);
    io.log(`wrote ${path}`);
  }
  return files.map(([path]) => path);
}
