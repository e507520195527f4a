import { realpath } from "node:fs/promises";
import { posix } from "node:path";
import { stringify } from "yaml";
import { error, FleetError, hasErrors, warning, type Diagnostic } from "../diagnostics/index.ts";
import { generateNixos, isGenerated, type Generated, type HostFile } from "../generate/index.ts";
import type { Fleet, Host } from "../manifest/index.ts";
import { renderPromtail, type RenderedPromtail, type Through } from "../nix/index.ts";
import { convert, parsePromtail, type ConvertOptions, type Promtail } from "../promtail/index.ts";
import { findChanges, readText, type Change } from "../repository/index.ts";
import type { Context } from "./context.ts";
import { pipelineTest } from "./pipeline-test.ts";

/** The Promtail configuration that a module of the repository evaluates to. */
export interface PipelineSource {
  /** `modules/promtail` */
  module: string;
  /** The configuration as plain data. */
  configuration: unknown;
  /** The configuration as Promtail would be given it. */
  yaml: string;
  promtail: Promtail;
  /** What evaluated it. */
  through: Through;
  /** Warnings only. */
  diagnostics: Diagnostic[];
}

export interface Generation {
  /** The text of `modules/alloy/config.alloy`. */
  configuration: string;
  /** What of the generated files the tree does not have yet. */
  changes: Change[];
  /** Every generated or edited file, whether it changes or not. */
  files: ReadonlyMap<string, string>;
  diagnostics: Diagnostic[];
}

/**
 * Evaluates the Promtail module whose pipeline Alloy takes over and reads the configuration that comes of it.
 *
 * @param hosts the hosts that are to ship with Alloy, at least one
 * @throws FleetError when the module cannot be evaluated, when Promtail would refuse its configuration, or when
 *   the configuration is another on each of several hosts: they share one config.alloy.
 */
export async function readPipeline(
  { root, env, signal, log }: Context,
  fleet: Fleet,
  hosts: readonly Host[],
): Promise<PipelineSource> {
  const module = pipelineModule(fleet);
  const render = (host: string): Promise<RenderedPromtail> =>
    renderPromtail({ root, fleet, host, module, env, signal, log });
  const name = hosts[0]?.name ?? "host";
  const [rendered, elsewhere] = await Promise.all([render(name), render(`not-${name}`)]);
  const configuration: unknown = JSON.parse(rendered.json);
  const yaml = stringify(configuration, { version: "1.1", lineWidth: 0 });
  const { promtail, diagnostics } = parsePromtail(`${module} (rendered)`, yaml);
  if (rendered.json !== elsewhere.json) diagnostics.push(dependsOnHost(module, hosts));
  if (promtail === undefined || hasErrors(diagnostics)) throw new FleetError(diagnostics, 1);
  return { module, configuration, yaml, promtail, through: rendered.through, diagnostics };
}

function dependsOnHost(module: string, hosts: readonly Host[]): Diagnostic {
  const say = hosts.length > 1 ? error : warning;
  const message = `${module} makes another configuration of each host's name, and config.alloy is one for all`;
  const hint = "take the name from the journal instead: relabel __journal__hostname to host";
  return say("generate/depends-on-host", message, { hint });
}

/**
 * The Promtail module whose pipeline the hosts that are to ship with Alloy take over.
 *
 * @throws FleetError when the manifest names none, or several: there is one Alloy module for all.
 */
export function pipelineModule(fleet: Fleet): string {
  const hosts = fleet.hosts.filter((host) => host.ship === "alloy");
  const modules = [...new Set(hosts.flatMap(({ promtail }) => promtail ?? []))];
  const [module, other] = modules;
  if (module === undefined) {
    const message = `no host of ${fleet.file} says what the Alloy pipeline is made from`;
    const hint = "give a host `ship: alloy` and `from: { promtail: modules/promtail }`";
    throw new FleetError(error("generate/no-source", message, { hint }));
  }
  if (other !== undefined) {
    const message = `${fleet.file} makes the one Alloy module from both ${module} and ${other}`;
    const hint = "let every host with `ship: alloy` name the same module";
    throw new FleetError(error("generate/several-sources", message, { hint }));
  }
  return module;
}

/**
 * Makes the files of a fleet's Alloy hosts and compares them with the tree. Writes nothing, and leaves out what
 * `source` has to say itself.
 *
 * @param hosts the hosts to wire; the shared module is made in any case
 * @param force take over files in the module's place that fleet did not write
 */
export async function prepareGeneration(
  root: string,
  fleet: Fleet,
  hosts: readonly Host[],
  source: PipelineSource,
  { force = false }: { force?: boolean } = {},
): Promise<Generation> {
  const converted = convert(source.promtail, conversionOptions(fleet));
  const diagnostics = [...converted.diagnostics, ...compareLoki(fleet, source)];
  if (hasErrors(diagnostics)) return { configuration: "", changes: [], files: new Map(), diagnostics };
  const files = await Promise.all(hosts.map((host) => hostFile(root, fleet, host)));
  const generated = generateNixos(fleet, {
    promtail: source.module,
    pipeline: converted.text,
    test: pipelineTest(source.configuration),
    hosts: files,
  });
  const changes = await findChanges(root, generated.files);
  if (!force) diagnostics.push(...notOurs(generated, changes));
  diagnostics.push(...generated.diagnostics);
  return {
    configuration: generated.files.get(`${fleet.layout.modules}/alloy/config.alloy`) ?? "",
    changes,
    files: generated.files,
    diagnostics,
  };
}

/** How a fleet's Promtail configuration is converted: for the oldest Alloy among the hosts that share it. */
function conversionOptions(fleet: Fleet): ConvertOptions {
  const hosts = fleet.hosts.filter((host) => host.ship === "alloy");
  const [alloyVersion] = hosts
    .flatMap(({ channel }) => channel.alloy ?? [])
    .sort((one, other) => one.localeCompare(other, "en", { numeric: true }));
  return {
    faithful: true,
    ...(alloyVersion === undefined ? {} : { alloyVersion }),
    // Promtail's cursor is readable to Promtail alone, and Alloy does not start when it may not read it.
    legacyPositions: false,
    credential: { env: fleet.loki.credential.env },
  };
}

/** The manifest's Loki is what is asked whether logs arrive; it had better be where they are sent to. */
function compareLoki(fleet: Fleet, { module, promtail }: PipelineSource): Diagnostic[] {
  const { client, clients = [] } = promtail.config;
  const urls = [...clients, ...(client === undefined ? [] : [client])].flatMap(({ url }) => url ?? []);
  if (urls.length === 0 || urls.includes(fleet.loki.url)) return [];
  const message = `${module} pushes to ${urls.join(", ")}, ${fleet.file} says ${fleet.loki.url}`;
  const hint = `config.alloy pushes to where ${module} does; correct the one that is wrong`;
  return [warning("generate/loki-differs", message, { hint })];
}

function notOurs({ whole }: Generated, changes: readonly Change[]): Diagnostic[] {
  return changes
    .filter(({ path, before }) => whole.has(path) && before !== undefined && !isGenerated(before))
    .map(({ path }) =>
      error("generate/not-ours", `${path} is there and was not made by fleet`, {
        hint: "move it away, or overwrite it with --force",
      }),
    );
}

async function hostFile(root: string, fleet: Fleet, host: Host): Promise<HostFile> {
  const file = host.entry.kind === "configuration" ? host.entry.file : `${host.directory}/configuration.nix`;
  const text = await readText(root, file);
  if (text === undefined) {
    const hint = `put what ${host.name} imports into ${file}, and let the flake import that`;
    throw new FleetError(
      error("manifest/missing-file", `host ${host.name} has no ${file} to edit`, { hint }),
    );
  }
  return { file, text, modulesImport: await modulesImport(root, fleet, host, posix.dirname(file)) };
}

/**
 * How files in `directory` name the shared modules: through the host's link where it leads there, else by the
 * way up.
 */
async function modulesImport(root: string, fleet: Fleet, host: Host, directory: string): Promise<string> {
  const { link, modules } = fleet.layout;
  const way = (path: string): string => {
    const relative = posix.relative(directory, path);
    return relative.startsWith(".") ? relative : `./${relative}`;
  };
  const real = await realpath(posix.join(root, modules)).catch(() => undefined);
  for (const through of [
    `${host.directory}/${link}/${posix.basename(modules)}`,
    `${host.directory}/${link}`,
  ]) {
    const found = await realpath(posix.join(root, through)).catch(() => undefined);
    if (found !== undefined && found === real) return way(through);
  }
  return way(modules);
}
