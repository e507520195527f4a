import { join } from "node:path";
import { z } from "zod";
import { error, FleetError, type Diagnostic } from "../../diagnostics/index.ts";
import { flakeReference } from "../../gate/index.ts";
import type { Channel, Fleet, Host } from "../../manifest/index.ts";
import {
  channelModules,
  evaluate,
  findEvaluators,
  findNix,
  newestWithPromtail,
  Places,
  standIns,
  type Evaluator,
} from "../../nix/index.ts";
import { withExternalLabel, type Shipper } from "../scenario/index.ts";
import type { RenderedSystem } from "./system.ts";

export interface RenderRequest {
  /** Absolute path of a tree in which the host evaluates. */
  root: string;
  fleet: Fleet;
  host: Host;
  /** With both, the shared modules are evaluated for a release that has both, under the host's name. */
  shippers: readonly Shipper[];
  env: Readonly<Record<string, string | undefined>>;
  signal?: AbortSignal;
  log?: (line: string) => void;
}

const answer = z.object({
  problems: z.array(
    z.object({ message: z.string(), places: z.array(z.object({ file: z.string() }).loose()) }),
  ),
  system: z.nullable(
    z.object({
      hostName: z.string(),
      units: z.array(z.object({ name: z.string(), text: z.string(), wantedBy: z.array(z.string()) })),
      files: z.array(z.object({ path: z.string(), text: z.string() })),
      promtail: z.nullable(z.string()),
      secrets: z.array(
        z.object({
          name: z.string(),
          path: z.string(),
          key: z.string(),
          format: z.string(),
          sopsFile: z.string(),
          mode: z.string(),
          owner: z.string(),
          group: z.string(),
        }),
      ),
    }),
  ),
});

/** What is evaluated: modules, and how. */
interface Subject {
  channel: Channel;
  modules: readonly string[];
  flake: { reference: string; attribute: string } | null;
  standalone: { hostName: string; sopsFile: string } | null;
}

/**
 * Evaluates a host and gives what its configuration renders for its shippers, through the nixpkgs of its channel, else
 * through the embedded option surface. Nothing is built.
 *
 * @throws FleetError with exit code 1 when the host does not evaluate or does not run a shipper that is asked for; 2
 * when Nix is missing.
 */
export async function renderSystem(request: RenderRequest): Promise<RenderedSystem> {
  const { root, fleet, host, shippers, env, signal, log } = request;
  const subject = subjectOf(request);
  const { channel } = subject;
  const evaluation = { env, ...(signal === undefined ? {} : { signal }) };
  const nix = await findNix({
    ...evaluation,
    tools: fleet.tools,
    cwd: root,
    ...(log === undefined ? {} : { log }),
  });
  const evaluators =
    subject.flake === null ? await findEvaluators([channel], nix, root, evaluation) : undefined;
  const evaluator: Evaluator = evaluators?.get(channel.name) ?? { kind: "embedded", reason: undefined };
  const real = evaluator.kind === "nixpkgs";
  const evaluated = await evaluate(
    nix,
    "guest/render.nix",
    {
      release: channel.name,
      nixpkgs: real ? evaluator.path : null,
      flake: subject.flake,
      modules: subject.modules,
      channelModules: channelModules(channel, root),
      shippers,
      label: shippers.length > 1,
      standalone: subject.standalone,
    },
    { ...evaluation, store: real || subject.flake !== null, searchPath: standIns(channel, env) },
  );
  const places = new Places(root);
  if (!evaluated.ok) {
    const { message, place } = evaluated.failure;
    throw failed(host, [{ message: places.shorten(message, []), span: place && places.span(place) }]);
  }
  const { problems, system } = answer.parse(evaluated.value);
  if (system === null) {
    throw failed(
      host,
      problems.map(({ message, places: named }) => ({
        message: places.shorten(
          message,
          named.map(({ file }) => file),
        ),
        span: named.map((place) => places.span(place)).find((found) => found !== undefined),
      })),
    );
  }
  for (const shipper of shippers) {
    if (system.units.some(({ name }) => name === `${shipper}.service`)) continue;
    const message = `host ${host.name} does not run ${shipper}: services.${shipper}.enable is not set`;
    const hint =
      shipper === "alloy" ? "`fleet generate` makes hosts with `ship: alloy` import the module" : "";
    throw new FleetError(error("guest/no-shipper", message, hint === "" ? {} : { hint }), 1);
  }
  const labelled = shippers.length > 1 ? withCollector(system) : system;
  return complete(labelled, describe(subject, evaluator, nix.version));
}

function subjectOf({ root, fleet, host, shippers }: RenderRequest): Subject {
  if (!shippers.includes("promtail") || host.ship === "promtail") {
    const { channel, entry } = host;
    if (entry.kind === "flake") {
      const flake = { reference: flakeReference(entry.flake, root), attribute: entry.attribute };
      return { channel, modules: [], flake, standalone: null };
    }
    return { channel, modules: [join(root, entry.file)], flake: null, standalone: null };
  }
  const channel = newestWithPromtail(fleet);
  if (channel === undefined || host.promtail === undefined) {
    const message = `Promtail cannot be run beside Alloy for host ${host.name}`;
    const hint = `give ${fleet.file} a channel of NixOS 25.11, and the host from.promtail`;
    throw new FleetError(error("guest/no-promtail", message, { hint }), 1);
  }
  return {
    channel,
    modules: [join(root, host.promtail), join(root, fleet.layout.modules, "alloy")],
    flake: null,
    standalone: { hostName: host.name, sopsFile: join(root, host.secrets) },
  };
}

function describe({ channel, flake }: Subject, evaluator: Evaluator, nix: string): string {
  if (flake !== null) return `flake ${flake.reference}, nix ${nix}`;
  if (evaluator.kind === "nixpkgs") return `${evaluator.path}, nix ${nix}`;
  return `the embedded option surface of NixOS ${channel.name}, nix ${nix}`;
}

type Evaluated = NonNullable<z.infer<typeof answer>["system"]>;

/** Alloy's half of telling two shippers apart; Promtail is told by its command line. */
function withCollector(system: Evaluated): Evaluated {
  const files = system.files.map(({ path, text }) => ({
    path,
    text: path.endsWith(".alloy") ? withExternalLabel(text, "collector", "alloy") : text,
  }));
  return { ...system, files };
}

/** Adds the file in the store that Promtail's unit names, and leaves out secrets that nothing of it names. */
function complete({ promtail, ...system }: Evaluated, through: string): RenderedSystem {
  const unit = system.units.find(({ name }) => name === "promtail.service");
  const [, configFile] = /-config\.file=(\S+)/.exec(unit?.text ?? "") ?? [];
  const files =
    configFile === undefined || promtail === null
      ? system.files
      : [...system.files, { path: configFile, text: promtail }];
  const texts = [...system.units, ...files].map(({ text }) => text);
  return {
    ...system,
    files,
    promtail: promtail ?? undefined,
    secrets: system.secrets.filter(({ path }) => texts.some((text) => text.includes(path))),
    through,
  };
}

function failed(host: Host, reasons: readonly { message: string; span: Diagnostic["span"] }[]): FleetError {
  return new FleetError(
    reasons.map(({ message, span }) =>
      error("guest/not-rendered", `host ${host.name} does not evaluate: ${message}`, {
        ...(span === undefined ? {} : { span }),
        hint: "`fleet gate` says more",
      }),
    ),
    1,
  );
}
