import { homedir } from "node:os";
import { resolve } from "node:path";
import { z } from "zod";
import { error, FleetError } from "../diagnostics/index.ts";
import type { Channel } from "../manifest/index.ts";
import { evaluateWatched, type EvaluateOptions } from "./evaluate.ts";
import type { Look } from "./looks.ts";
import type { Nix } from "./program.ts";

/** What a channel's hosts are evaluated with. */
export type Evaluator =
  | {
      kind: "embedded";
      /** Why not through a nixpkgs; undefined when the channel names none. */
      reason: string | undefined;
    }
  | {
      kind: "nixpkgs";
      /** Absolute. */
      path: string;
      /** As the nixpkgs calls itself: "25.11"; undefined when it does not say. */
      release: string | undefined;
    };

/** The releases that the embedded option surface knows, oldest first. */
export const EMBEDDED_RELEASES: readonly string[] = ["25.11", "26.05"];

interface Source {
  kind: "path" | "flake" | "search";
  reference: string;
  /** Who names it: "channel 26.05", "FLEET_NIXPKGS". */
  namedBy: string;
}

const found = z.array(
  z.nullable(z.object({ path: z.string(), release: z.nullable(z.string()), missing: z.array(z.string()) })),
);

/**
 * Finds what each channel's hosts are evaluated with: the nixpkgs that FLEET_NIXPKGS or the channel names, or the
 * embedded option surface where the channel names none, or a NIX_PATH name that this machine does not know.
 *
 * FLEET_NIXPKGS is a path for every channel, or `25.11=/path,26.05=/path`.
 *
 * @param root the repository, where relative paths start
 * @param look told what the answer depends on
 * @throws FleetError `nix/nixpkgs-missing` for a path or flake that leads nowhere, `nix/too-old` for a nixpkgs
 * that this Nix cannot read.
 */
export async function findEvaluators(
  channels: readonly Channel[],
  nix: Nix,
  root: string,
  options: EvaluateOptions,
  look: (look: Look) => void = () => undefined,
): Promise<ReadonlyMap<string, Evaluator>> {
  const evaluators = new Map<string, Evaluator>();
  const named: { channel: Channel; source: Source }[] = [];
  for (const channel of channels) {
    const source = sourceOf(channel, root, options.env);
    if (source === undefined) evaluators.set(channel.name, { kind: "embedded", reason: undefined });
    else named.push({ channel, source });
  }
  if (named.length === 0) return evaluators;
  const flakes = named.some(({ source }) => source.kind === "flake");
  const sources = named.map(({ source: { kind, reference } }) => ({ kind, reference }));
  const answer = await evaluateWatched(
    nix,
    "gate/find-nixpkgs.nix",
    { sources },
    { ...options, store: flakes },
    (line) => {
      if ("look" in line) look(line.look);
    },
  );
  if (!answer.ok) {
    const message = `the nixpkgs of a channel cannot be had: ${answer.failure.message}`;
    throw new FleetError(
      error("nix/nixpkgs-missing", message, { hint: "name a nixpkgs on this machine with FLEET_NIXPKGS" }),
    );
  }
  const places = found.parse(answer.value);
  named.forEach(({ channel, source }, index) => {
    const place = places[index] ?? undefined;
    if (place === undefined) {
      evaluators.set(channel.name, absent(source));
      return;
    }
    const { path, release, missing } = place;
    if (missing.length > 0) throw tooOld(path, missing, nix);
    evaluators.set(channel.name, { kind: "nixpkgs", path, release: release ?? undefined });
  });
  return evaluators;
}

/** A NIX_PATH name may be unknown on this machine; a path or flake that is not there is a mistake. */
function absent({ kind, reference, namedBy }: Source): Evaluator {
  if (kind === "search") return { kind: "embedded", reason: `${reference} is not in NIX_PATH` };
  throw new FleetError(
    error("nix/nixpkgs-missing", `${namedBy} names ${reference}, which holds no nixpkgs`, {
      hint: "name a directory that holds nixos/lib/eval-config.nix, or none for the embedded option surface",
    }),
  );
}

function tooOld(path: string, missing: readonly string[], nix: Nix): FleetError {
  const message = `Nix ${nix.version} cannot read the nixpkgs at ${path}, which asks for: ${missing.join(", ")}`;
  const hint = "install a newer Nix, or leave out the channel's nixpkgs to use the embedded option surface";
  return new FleetError(error("nix/too-old", message, { hint }));
}

function sourceOf(channel: Channel, root: string, env: EvaluateOptions["env"]): Source | undefined {
  const forced = override(channel.name, env["FLEET_NIXPKGS"]);
  const reference = forced ?? channel.nixpkgs;
  if (reference === undefined || reference === "") return undefined;
  const namedBy = forced === undefined ? `channel ${channel.name}` : "FLEET_NIXPKGS";
  if (reference.startsWith("~/")) {
    return { kind: "path", reference: resolve(homedir(), reference.slice(2)), namedBy };
  }
  if (/^\.{0,2}\//.test(reference) || reference === "." || reference === "..") {
    return { kind: "path", reference: resolve(root, reference), namedBy };
  }
  const searched = /^<(.*)>$/.exec(reference)?.[1];
  if (searched !== undefined) return { kind: "search", reference: searched, namedBy };
  return { kind: reference.includes(":") ? "flake" : "search", reference, namedBy };
}

/** What FLEET_NIXPKGS says for a channel. */
function override(channel: string, setting: string | undefined): string | undefined {
  if (setting === undefined || setting === "") return undefined;
  if (!setting.includes("=")) return setting;
  for (const entry of setting.split(",")) {
    const at = entry.indexOf("=");
    if (entry.slice(0, at).trim() === channel) return entry.slice(at + 1).trim();
  }
  return undefined;
}

/** True when version `left` is older than `right`, both like "2.18.1". */
export function isOlder(left: string, right: string): boolean {
  const parts = (version: string): number[] => (version.match(/\d+/g) ?? []).map(Number);
  const [a, b] = [parts(left), parts(right)];
  for (let i = 0; i < Math.max(a.length, b.length); i++) {
    const difference = (a[i] ?? 0) - (b[i] ?? 0);
    if (difference !== 0) return difference < 0;
  }
  return false;
}
