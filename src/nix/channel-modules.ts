import { existsSync } from "node:fs";
import { join, resolve } from "node:path";
import type { Channel } from "../manifest/index.ts";
import { OWN } from "./evaluate.ts";

/** sops-nix's module as channels name it. */
const SOPS_NIX = "sops-nix/modules/sops";

/**
 * The modules that a channel adds to its hosts, as nix/gate/modules.nix takes them: paths absolute, NIX_PATH
 * look-ups (`<sops-nix/modules/sops>`) and flake references as they are.
 */
export function channelModules(channel: Channel, root: string): string[] {
  return channel.modules.map((reference) => {
    const path = resolve(root, reference);
    return isPath(reference) || existsSync(path) ? path : reference;
  });
}

function isPath(reference: string): boolean {
  return /^\.{0,2}\//.test(reference);
}

/**
 * Entries for Nix's search path that stand in for modules which a channel names and NIX_PATH does not know:
 * sops-nix, whose options fleet has in its embedded surface. Empty where the real one is, or none is named.
 */
export function standIns(channel: Channel, env: Readonly<Record<string, string | undefined>>): string[] {
  if (!channel.modules.includes(`<${SOPS_NIX}>`)) return [];
  const known = (env["NIX_PATH"] ?? "").split(":").some((entry) => {
    const [prefix, path] = entry.split("=");
    return path === undefined ? existsSync(join(entry, SOPS_NIX)) : SOPS_NIX.startsWith(`${prefix ?? ""}/`);
  });
  return known ? [] : [`${SOPS_NIX}=${OWN}surface/options/sops.nix`];
}
