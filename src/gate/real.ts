import { isAbsolute, resolve } from "node:path";
import { existsSync } from "node:fs";
import { z } from "zod";
import { error, warning, type Diagnostic } from "../diagnostics/index.ts";
import type { Channel, HostEntry } from "../manifest/index.ts";
import { channelModules, evaluate, standIns, type Evaluation } from "../nix/index.ts";
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
  return read(
    await evaluate(session.nix, "gate/nixpkgs.nix", request, options),
    [configuration],
    channel,
    session,
  );
}

/** Evaluates a host of a flake, which brings its own nixpkgs. */
export async function evaluateFlake(
  entry: Extract<HostEntry, { kind: "flake" }>,
  channel: Channel,
  session: Session,
): Promise<HostFindings> {
  const request = { flake: flakeReference(entry.flake, session.root), attribute: entry.attribute };
  const options = { ...session.evaluation, store: true };
  return read(await evaluate(session.nix, "gate/flake.nix", request, options), [], channel, session);
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

function read(
  evaluation: Evaluation,
  files: readonly string[],
  { name: channel }: Channel,
  { places }: Session,
): HostFindings {
  if (!evaluation.ok) return readFailure(evaluation.failure, files, channel, places);
  const { release, assertions, warnings, drvPath } = answer.parse(evaluation.value);
  const say = (finding: Finding): Diagnostic => diagnose({ ...finding, files }, release, places);
  const diagnostics = [
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
