import { z } from "zod";
import {
  applyObjects,
  conflictDiagnostics,
  planApply,
  preflight,
  waitUntilReady,
  type Check,
  type Plan,
  type VaultAccess,
} from "../../cluster/index.ts";
import { diagnosticJson, FleetError, hasErrors, type Diagnostic } from "../../diagnostics/index.ts";
import { renderCluster, type RenderedCluster } from "../../generate/index.ts";
import { renderTable } from "../../report/index.ts";
import { summary } from "../cluster/changes.ts";
import { chooseCluster } from "../cluster/choose.ts";
import { connectAs } from "../cluster/connection.ts";
import { seconds } from "../duration.ts";
import { validateConfig } from "../cluster/validate.ts";
import type { ExitCode, Run } from "../command.ts";
import type { Io } from "../io.ts";
import { readOptions } from "../read-options.ts";

const Options = z.object({
  forceConflicts: z.boolean().default(false),
  wait: z.boolean().default(true),
  timeout: seconds.default(180),
});

/** What happened, for --json. */
interface Report {
  checks: readonly Check[];
  changes: Plan["changes"];
  applied: readonly string[];
  pruned: readonly string[];
  ready: readonly { object: string; ready: boolean; detail: string }[];
}

/** `fleet cluster apply`: what would stop it first, then the difference, then the objects, then until they are ready. */
export const run: Run = async (invocation, io) => {
  const options = readOptions(Options, invocation.options, "cluster apply");
  const { cluster } = await chooseCluster(invocation, io);
  const rendered = renderCluster(cluster);
  const diagnostics: Diagnostic[] = validateConfig(rendered);
  const report: Report = { checks: [], changes: [], applied: [], pruned: [], ready: [] };
  const end = (): ExitCode => {
    const exitCode = hasErrors(diagnostics) ? 1 : 0;
    if (invocation.json)
      io.json({
        ok: exitCode === 0,
        cluster: cluster.name,
        ...report,
        diagnostics: diagnostics.map(diagnosticJson),
      });
    else io.report(diagnostics, () => rendered.config);
    return exitCode;
  };
  if (hasErrors(diagnostics)) return end();

  const { client } = await connectAs(invocation, io);
  const plan = await planApply(client, cluster, rendered.objects);
  diagnostics.push(...plan.diagnostics);
  if (hasErrors(diagnostics)) return end();
  const checked = await preflight(client, rendered, { vault: vaultAccess(rendered, io), signal: io.signal });
  report.checks = checked.checks;
  if (checked.checks.length > 0) io.log(checksTable(checked.checks, io));
  report.changes = plan.changes;
  diagnostics.push(...checked.diagnostics);
  if (!options.forceConflicts) diagnostics.push(...conflictDiagnostics(plan.conflicts));
  if (!invocation.json) for (const { diff } of plan.changes) io.out(diff);
  if (hasErrors(diagnostics)) {
    io.log("nothing was applied");
    return end();
  }
  io.log(plan.changes.length === 0 ? "nothing changes" : summary(plan.changes));

  const settings = { force: options.forceConflicts, log: (line: string) => io.log(line), signal: io.signal };
  const { applied, pruned, diagnostics: kept } = await applyObjects(client, rendered.objects, plan, settings);
  report.applied = applied;
  report.pruned = pruned;
  diagnostics.push(...kept);
  if (options.wait) {
    const waited = await waitUntilReady(client, rendered.objects, {
      timeout: options.timeout * 1000,
      log: settings.log,
      signal: io.signal,
    });
    report.ready = waited.states;
    diagnostics.push(...waited.diagnostics);
  }
  return end();
};

/** Vault as its own program would be told of it, else where fleet.yaml says it is. Without a token it is not asked. */
function vaultAccess({ cluster }: RenderedCluster, { env }: Io): VaultAccess | undefined {
  const { vault } = cluster.secrets;
  const address = env["VAULT_ADDR"] || vault?.server;
  const token = env["VAULT_TOKEN"];
  if (!address || !token) return undefined;
  if (!URL.canParse(address)) {
    const hint = "VAULT_ADDR is a URL such as https://vault.example.com";
    throw new FleetError({ code: "cli/usage", severity: "error", message: "VAULT_ADDR is not a URL", hint });
  }
  return { address, token, mount: vault?.mount ?? "secret", namespace: env["VAULT_NAMESPACE"] };
}

function checksTable(checks: readonly Check[], io: Io): string {
  const rows = checks.map(({ name, state, detail }) => [name, state, detail]);
  return renderTable([["check", "", ""], ...rows], io.columns).trimEnd();
}
