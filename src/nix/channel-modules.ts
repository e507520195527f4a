import { existsSync } from "node:fs";
import { resolve } from "node:path";
import type { Channel } from "../manifest/index.ts";

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
