import { join } from "node:path";
import { z } from "zod";
import type { Channel } from "../../manifest/index.ts";
import {
  channelModules,
  evaluateWatched,
  OWN_NIX_FILES,
  standIns,
  type Evaluation,
  type EvaluateOptions,
  type Nix,
  type Places,
} from "../../nix/index.ts";
import { firstSpan, locate } from "../diagnose.ts";
import { embeddedHost } from "../embedded.ts";
import { missingFromSearchPath } from "../failure.ts";
import type { OptionChange, Side } from "./report.ts";

const place = z.union([
  z.object({ file: z.string(), line: z.number(), column: z.number() }),
  z.object({ file: z.string() }),
]);
const answer = z.array(
  z.object({
    kind: z.enum(["removed", "renamed", "retyped", "unknown"]),
    option: z.string(),
    replacement: z.nullable(z.string()),
    reason: z.nullable(z.string()),
    was: z.nullable(z.string()),
    is: z.nullable(z.string()),
    places: z.array(place),
  }),
);
type Found = z.infer<typeof answer>[number];

/** A module that changes nothing, for names that NIX_PATH should know. */
const UNKNOWN_MODULE = `${OWN_NIX_FILES}surface/unknown-module.nix`;

/** A host in one of the two releases. */
export interface Compared {
  side: Side;
  channel: Channel;
}

export interface CompareOptions {
  /** Absolute path of the repository. */
  root: string;
  /** The host's configuration.nix, relative to it. */
  configuration: string;
  nix: Nix;
  evaluation: EvaluateOptions;
  places: Places;
}

/**
 * Holds every option that a host's files define against the options of another release, each release being a nixpkgs or
 * the embedded surface. A change is listed for each place where the option is defined.
 *
 * @returns the changes, and what could not be compared
 */
export async function compareOptions(
  from: Compared,
  to: Compared,
  options: CompareOptions,
): Promise<OptionChange[]> {
  const { evaluation, places } = options;
  const request = { from: sideOf(from, options), to: sideOf(to, options) };
  const real = [from, to].filter(({ side }) => side.through === "nixpkgs");
  const searchPath = real.flatMap(({ channel }) => standIns(channel, evaluation.env));
  const settings = { ...evaluation, searchPath, store: real.length > 0 };
  // Looking for reasons reads much of the configuration, which may be what fails in the other release.
  let asked = await ask({ ...request, reasons: true }, settings, options.nix);
  if (!asked.ok) asked = await ask({ ...request, reasons: false }, settings, options.nix);
  if (asked.ok) {
    return answer.parse(asked.value).flatMap((found) => changesOf(found, to.side.channel, places));
  }
  const message = `the options that it sets could not be compared: ${asked.failure.message}`;
  const blank = { option: undefined, replacement: undefined, file: undefined, span: undefined };
  return [{ ...blank, kind: "unverified", message }];
}

/** What nix/gate/upgrade/compare.nix is told of one release. */
function sideOf({ side, channel }: Compared, { root, configuration }: CompareOptions): object {
  const file = join(root, configuration);
  if (side.through === "embedded") return { kind: "surface", ...embeddedHost(file, channel, root).request };
  return { kind: "nixpkgs", path: side.nixpkgs, modules: [file, ...channelModules(channel, root)] };
}

/** Asks, without the modules that NIX_PATH should lead to and does not. */
async function ask(request: object, options: EvaluateOptions, nix: Nix): Promise<Evaluation> {
  const searchPath = [...(options.searchPath ?? [])];
  for (;;) {
    const evaluation = await evaluateWatched(
      nix,
      "gate/upgrade/compare.nix",
      request,
      { ...options, searchPath },
      () => undefined,
    );
    const absent = evaluation.ok ? undefined : missingFromSearchPath(evaluation.failure);
    const entry = `${absent ?? ""}=${UNKNOWN_MODULE}`;
    if (absent === undefined || searchPath.includes(entry)) return evaluation;
    searchPath.push(entry);
  }
}

function changesOf(found: Found, release: string, places: Places): OptionChange[] {
  const { option } = found;
  return found.places.map((at) => ({
    kind: found.kind === "unknown" ? "unverified" : found.kind,
    option,
    message: messageOf(found, release),
    replacement: found.replacement ?? undefined,
    file: places.relative(at.file) ?? at.file,
    span: firstSpan([at], places) ?? locate({ option, files: [at.file] }, places),
  }));
}

function messageOf({ kind, option, reason, replacement, was, is }: Found, release: string): string {
  switch (kind) {
    case "removed":
      return reason?.trim() ?? `NixOS ${release} has no ${option}`;
    case "renamed":
      return `is ${replacement ?? "another option"} in NixOS ${release}`;
    case "retyped":
      return `takes ${is ?? "another value"} in NixOS ${release}, not ${was ?? "this"}`;
    case "unknown":
      return `not known here whether NixOS ${release} has it`;
  }
}
