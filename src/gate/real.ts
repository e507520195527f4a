import { isAbsolute, resolve } from "node:path";
import { existsSync } from "node:fs";
import { z } from "zod";
import { error, warning, type Diagnostic } from "../diagnostics/index.ts";
import type { Channel, HostEntry } from "../manifest/index.ts";
import {
  channelModules,
  evaluateTraced,
  standIns,
  type EvaluateOptions,
  type Evaluation,
} from "../nix/index.ts";
import { diagnose, type Finding } from "./diagnose.ts";
import { readFailure } from "./failure.ts";
import type { HostFindings } from "./findings.ts";
import type { Session } from "./session.ts";

const answer = z.object({
  release: z.string(),
  assertions: z.array(z.object({ message: z.string() })),
  warnings: z.array(z.string()),
  drvPath: z.nullable(z.string()),
});

/**
 * Evaluates a host through a nixpkgs, to the derivation of its system.
 *
 * @param configuration absolute path of the host's configuration.nix
 * @param nixpkgs absolute path
 */
export async function evaluateThroughNixpkgs(
  configuration: string,
  nixpkgs: string,
  channel: Channel,
  session: Session,
): Promise<HostFindings> {
  const request = { nixpkgs, configuration, modules: channelModules(channel, session.root) };
  const searchPath = standIns(channel, session.evaluation.env);
  const options = { ...session.evaluation, store: true, searchPath };
  const [evaluation, built] = await evaluateBuilding("gate/nixpkgs.nix", request, options, session);
  return readAnswer(evaluation, built, [configuration], channel, session);
}

/** Evaluates a host of a flake, which brings its own nixpkgs. */
export async function evaluateFlake(
  entry: Extract<HostEntry, { kind: "flake" }>,
  channel: Channel,
  session: Session,
): Promise<HostFindings> {
  const flake = flakeReference(entry.flake, session.root);
  const request = { flake, attribute: entry.attribute };
  if (flake.startsWith("path:")) {
    session.look({ kind: "impure", subject: "the times of its files, as the flake is in no git work tree" });
  }
  // An input that flake.lock does not fix is asked for each time, so that the trace shows it.
  const settings = [...(session.evaluation.settings ?? []), ["tarball-ttl", "0"] as const];
  const options = { ...session.evaluation, store: true, settings };
  const [evaluation, built] = await evaluateBuilding("gate/flake.nix", request, options, session);
  return readAnswer(evaluation, built, [], channel, session);
}

/** How Nix says that an evaluation needs something built, which it is not allowed to do. */
const NEEDS_BUILDING = /allow-import-from-derivation|path '.+\.drv' is not valid/;

/**
 * Evaluates, at first without letting Nix build what it imports: an evaluation that needs it says so, and only so is
 * it known when everything was built before. Then once more with it.
 *
 * @returns the evaluation, and whether it builds
 */
async function evaluateBuilding(
  file: string,
  request: object,
  options: EvaluateOptions,
  { nix, strace, look }: Session,
): Promise<[Evaluation, built: boolean]> {
  const tracer = { strace, look };
  const settings = [["allow-import-from-derivation", "false"] as const, ...(options.settings ?? [])];
  const evaluation = await evaluateTraced(nix, file, request, { ...options, settings }, tracer);
  if (evaluation.ok || !NEEDS_BUILDING.test(evaluation.failure.message)) return [evaluation, false];
  return [await evaluateTraced(nix, file, request, { ...options, building: true }, tracer), true];
}

/**
 * A flake as Nix takes it. One in a git work tree is named by that, so that Nix copies what git knows and not all
 * that lies there.
 */
export function flakeReference(flake: string, root: string): string {
  if (flake.includes(":")) return flake;
  const directory = isAbsolute(flake) ? flake : resolve(root, flake);
  if (!existsSync(resolve(root, ".git"))) return `path:${directory}`;
  const below = directory.slice(root.length + 1);
  return below === "" ? `git+file://${root}` : `git+file://${root}?dir=${below}`;
}

const IMPORTS =
  "the host imports what has to be built first, which makes its evaluation as slow as the build";
const IMPORTS_HINT = "commit what is imported, or read it without a derivation";

/**
 * The findings in what nix/gate/nixpkgs.nix says of a host.
 *
 * @param built whether something had to be built for it
 * @param files those that the evaluation began with, absolute
 */
export function readAnswer(
  evaluation: Evaluation,
  built: boolean,
  files: readonly string[],
  { name: channel }: Channel,
  { places }: Pick<Session, "places">,
): HostFindings {
  const told = built ? [warning("gate/import-from-derivation", IMPORTS, { hint: IMPORTS_HINT })] : [];
  if (!evaluation.ok) {
    const found = readFailure(evaluation.failure, files, channel, places);
    return { ...found, diagnostics: [...told, ...found.diagnostics] };
  }
  const { release, assertions, warnings, drvPath } = answer.parse(evaluation.value);
  const say = (finding: Finding): Diagnostic => diagnose({ ...finding, files }, release, places);
  const diagnostics = [
    ...told,
    ...assertions.map((failed) => say({ ...failed, otherwise: "gate/failed-assertion" })),
    ...warnings.map((message) => say({ message, severity: "warning", otherwise: "gate/warning" })),
  ];
  if (drvPath === null && assertions.length === 0) {
    diagnostics.push(error("gate/evaluation-failed", "the evaluation gave no system to build"));
  }
  if (release !== channel) {
    const hint = "rename the channel, or let it name a nixpkgs of its release";
    const message = `channel ${channel} is evaluated with a nixpkgs of ${release}`;
    diagnostics.push(warning("gate/release-differs", message, { hint }));
  }
  return { diagnostics, unverified: [] };
}
