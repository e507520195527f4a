import { z } from "zod";
import {
  closest,
  diagnosticJson,
  error,
  FleetError,
  hasErrors,
  type Diagnostic,
} from "../../diagnostics/index.ts";
import type { Fleet, Host } from "../../manifest/index.ts";
import { prepareGeneration, readPipeline } from "../../migrate/index.ts";
import { applyChanges, diffOf, findRoot, loadFleet, readText, type Change } from "../../repository/index.ts";
import { prepareClusters } from "../cluster/generation.ts";
import type { Run } from "../command.ts";

const Options = z.object({
  check: z.boolean().default(false),
  force: z.boolean().default(false),
  host: z.array(z.string()).optional(),
});

/** `fleet generate`: writes what the manifest asks for, or with --check shows what it would write. */
export const run: Run = async (invocation, io) => {
  const { check, force, host } = Options.parse(invocation.options);
  const { root, fleet } = await loadFleet(await findRoot({ repo: invocation.repo, cwd: io.cwd }));
  const hosts = chosenHosts(fleet, host);
  const context = { root, env: io.env, log: (line: string) => io.log(line), signal: io.signal };
  const diagnostics: Diagnostic[] = [];
  const changes: Change[] = [];
  // Once a rollout has removed the Promtail module, what it was made into is its own source.
  const settled =
    fleet.hosts.every(({ promtail }) => promtail === undefined) &&
    hosts.length > 0 &&
    (await readText(root, `${fleet.layout.modules}/alloy/default.nix`)) !== undefined;
  if (settled) io.log(`${fleet.layout.modules}/alloy has no Promtail module to be made from any more`);
  // A repository may hold clusters alone; one that holds nothing at all is told that it lacks a host.
  else if (hosts.length > 0 || fleet.clusters.length === 0) {
    const source = await readPipeline(context, fleet, hosts);
    const nixos = await prepareGeneration(root, fleet, hosts, source, { force });
    diagnostics.push(...source.diagnostics, ...nixos.diagnostics);
    changes.push(...nixos.changes);
  }
  if (host === undefined) {
    const clusters = await prepareClusters(root, fleet, { force });
    diagnostics.push(...clusters.diagnostics);
    changes.push(...clusters.changes);
  }
  const failed = hasErrors(diagnostics);
  if (check && !failed) diagnostics.push(...changes.map(stale));
  const write = !check && !failed;
  if (write) await applyChanges(root, changes);
  const exitCode = failed || (check && changes.length > 0) ? 1 : 0;
  if (invocation.json) {
    io.json({
      ok: exitCode === 0,
      written: write ? changes.map(({ path }) => path) : [],
      stale: write ? [] : changes.map(({ path }) => path),
      diff: diffOf(changes),
      diagnostics: diagnostics.map(diagnosticJson),
    });
    return exitCode;
  }
  if (check) io.out(diffOf(changes));
  io.report(diagnostics);
  for (const { path, before } of write ? changes : []) {
    io.out(`${before === undefined ? "new" : "changed"}  ${path}\n`);
  }
  if (exitCode === 0 && changes.length === 0) io.log("the tree is as the manifest asks");
  return exitCode;
};

/** The hosts that are to ship with Alloy, or those of them that `--host` names. */
function chosenHosts(fleet: Fleet, names: readonly string[] | undefined): Host[] {
  const wired = fleet.hosts.filter((host) => host.ship === "alloy");
  if (names === undefined) return wired;
  return names.map((name) => {
    const host = wired.find((one) => one.name === name);
    if (host !== undefined) return host;
    const known = fleet.hosts.some((one) => one.name === name);
    const meant = closest(
      name,
      wired.map((one) => one.name),
    );
    const hint = known
      ? `give hosts.${name} in ${fleet.file}: ship: alloy`
      : meant === undefined
        ? `hosts that ship with Alloy: ${wired.map((one) => one.name).join(", ")}`
        : `did you mean ${meant}?`;
    const message = known ? `${name} is not to ship with Alloy` : `${fleet.file} has no host ${name}`;
    throw new FleetError(error("cli/usage", message, { hint }));
  });
}

function stale({ path, before }: Change): Diagnostic {
  const message = before === undefined ? `${path} is not there` : `${path} is not as fleet would write it`;
  return error("generate/stale", message, { hint: "fleet generate brings it up to date" });
}
