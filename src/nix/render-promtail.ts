import { resolve } from "node:path";
import { z } from "zod";
import { error, FleetError, type Diagnostic, type Span } from "../diagnostics/index.ts";
import type { Channel, Fleet } from "../manifest/index.ts";
import { channelModules, standIns } from "./channel-modules.ts";
import { evaluate } from "./evaluate.ts";
import type { NixFailure } from "./failure.ts";
import { findEvaluators, isOlder, type Evaluator } from "./nixpkgs.ts";
import { Places } from "./places.ts";
import { findNix } from "./program.ts";

/** The release that removed services.promtail. */
const REMOVED_IN = "26.05";
/** The newest release that the embedded surface has services.promtail of. */
const LAST = "25.11";

export interface RenderPromtailRequest {
  /** Absolute path of the repository. */
  root: string;
  fleet: Fleet;
  /** Name of the host, which becomes networking.hostName. */
  host: string;
  /** The shared module, relative to the root: `modules/promtail`. */
  module: string;
  env: Readonly<Record<string, string | undefined>>;
  signal?: AbortSignal;
  log?: (line: string) => void;
}

export interface RenderedPromtail {
  /** The evaluated services.promtail.configuration, as JSON text. */
  json: string;
  through: Through;
}

/** What a value was evaluated with. */
export interface Through {
  kind: "embedded" | "nixpkgs";
  /** The NixOS release whose options were used. */
  release: string;
  /** Path of the nixpkgs. */
  nixpkgs?: string;
  /** Version of Nix. */
  nix: string;
}

const answer = z.object({
  problems: z.array(
    z.object({ message: z.string(), places: z.array(z.object({ file: z.string() }).loose()) }),
  ),
  configuration: z.nullable(z.string()),
});

/**
 * Evaluates a shared promtail module as a host would and gives the Promtail configuration that comes of it,
 * through services.promtail of the fleet's newest channel that still has it.
 *
 * @throws FleetError with exit code 1 when the module cannot be read or evaluated, 2 when Nix is missing.
 */
export async function renderPromtail(request: RenderPromtailRequest): Promise<RenderedPromtail> {
  const { root, fleet, host, module, env, signal, log } = request;
  const nix = await findNix({
    env,
    tools: fleet.tools,
    cwd: root,
    ...(signal === undefined ? {} : { signal }),
    ...(log === undefined ? {} : { log }),
  });
  const options = { env, ...(signal === undefined ? {} : { signal }) };
  const channel = newestWithPromtail(fleet);
  const evaluators = await findEvaluators(channel === undefined ? [] : [channel], nix, root, options);
  const evaluator: Evaluator = evaluators.get(channel?.name ?? "") ?? { kind: "embedded", reason: undefined };
  const real = evaluator.kind === "nixpkgs";
  const release = (real ? evaluator.release : undefined) ?? channel?.name ?? LAST;
  const evaluation = await evaluate(
    nix,
    "render-promtail.nix",
    {
      release,
      nixpkgs: real ? evaluator.path : null,
      module: resolve(root, module),
      modules: channel === undefined ? [] : channelModules(channel, root),
      host,
    },
    { ...options, store: real, searchPath: channel === undefined ? [] : standIns(channel, env) },
  );
  const places = new Places(root);
  if (!evaluation.ok) throw new FleetError(describe(evaluation.failure, module, places), 1);
  const { problems, configuration } = answer.parse(evaluation.value);
  if (configuration === null) {
    throw new FleetError(
      problems.map(({ message, places: named }) => {
        const span = named.map((place) => places.span(place)).find((found) => found !== undefined);
        return failed(
          places.shorten(
            message,
            named.map(({ file }) => file),
          ),
          span ?? fallback(module, places),
        );
      }),
      1,
    );
  }
  return {
    json: configuration,
    through: {
      kind: evaluator.kind,
      release,
      nix: nix.version,
      ...(real ? { nixpkgs: evaluator.path } : {}),
    },
  };
}

/** The fleet's newest channel that still has services.promtail. */
export function newestWithPromtail(fleet: Fleet): Channel | undefined {
  return [...fleet.channels.values()]
    .filter(({ name }) => isOlder(name, REMOVED_IN))
    .sort((left, right) => (isOlder(left.name, right.name) ? 1 : -1))[0];
}

function describe(failure: NixFailure, module: string, places: Places): Diagnostic {
  const named = [failure.place, ...failure.frames.map(({ place }) => place)];
  const span = named.map((place) => place && places.span(place)).find((found) => found !== undefined);
  return failed(places.shorten(failure.message, []), span ?? fallback(module, places));
}

function failed(message: string, span: Span | undefined): Diagnostic {
  return error("nix/evaluation-failed", message, {
    ...(span === undefined ? {} : { span }),
    hint: "mend the module, so that its configuration can be rendered",
  });
}

/** The start of the module's file, when nothing names a better place. */
function fallback(module: string, places: Places): Span | undefined {
  const file = module.endsWith(".nix") ? module : `${module}/default.nix`;
  return places.lines(file)?.span(0, 0);
}
