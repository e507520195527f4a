import { stat } from "node:fs/promises";
import { relative, resolve } from "node:path";
import { FleetError, hasErrors, warning } from "../../diagnostics/index.ts";
import type { AlloyFile } from "../alloy-file.ts";
import type { Io } from "../io.ts";

/**
 * The configuration that `fleet generate` would write to `path`, where it has not yet: so that a migration can be
 * looked at before it is made. Undefined for a path that is there, or that no manifest means. Says that it is not
 * the file that was explained.
 *
 * @throws FleetError when the manifest is at fault, or the configuration cannot be made.
 */
export async function plannedConfiguration(
  path: string,
  repo: string | undefined,
  io: Io,
): Promise<AlloyFile | undefined> {
  const absolute = resolve(io.cwd, path);
  const isThere = async (file: string): Promise<boolean> => {
    return stat(file).then(
      () => true,
      () => false,
    );
  };
  if (path === "-" || (await isThere(absolute))) return undefined;
  // Loaded here, since most runs explain what is there.
  const { findRoot, loadFleet, MANIFEST } = await import("../../repository/index.ts");
  const root = await findRoot({ repo, cwd: io.cwd }).catch(() => undefined);
  if (root === undefined || !(await isThere(resolve(root, MANIFEST)))) return undefined;
  const { fleet } = await loadFleet(root);
  if (relative(root, absolute) !== `${fleet.layout.modules}/alloy/config.alloy`) return undefined;
  const { prepareGeneration, readPipeline } = await import("../../migrate/index.ts");
  const hosts = fleet.hosts.filter((host) => host.ship === "alloy");
  const context = { root, env: io.env, log: (line: string) => io.log(line), signal: io.signal };
  const source = await readPipeline(context, fleet, hosts);
  const { configuration, diagnostics } = await prepareGeneration(root, fleet, hosts, source);
  if (hasErrors(diagnostics)) throw new FleetError(diagnostics, 1);
  const message = `${path} is not there yet; this explains what fleet generate would write there`;
  const hint = "fleet generate or fleet migrate writes it";
  io.report([warning("generate/planned", message, { hint })]);
  return { name: path, text: configuration, diagnostics: [] };
}
