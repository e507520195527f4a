import { existsSync } from "node:fs";
import { resolve } from "node:path";
import { withoutRepository, withStagedTree } from "../../git/index.ts";
import type { Channel, Fleet } from "../../manifest/index.ts";
import { loadFleet } from "../../repository/index.ts";
import type { Io } from "../io.ts";

/** What the gate looks at. */
export interface Tree {
  root: string;
  fleet: Fleet;
  env: Io["env"];
}

/** Gives `work` the repository as it stands, or as it is staged. */
export async function withTree<T>(
  root: string,
  { staged, io }: { staged: boolean; io: Pick<Io, "env" | "signal"> },
  work: (tree: Tree) => Promise<T>,
): Promise<T> {
  if (!staged) return work({ ...(await loadFleet(root)), env: io.env });
  return withStagedTree(root, io.signal, async (copy) => {
    const { fleet } = await loadFleet(copy);
    // Nix runs git too, about other repositories than the one whose hook this may be.
    return work({ root: copy, fleet: anchored(fleet, copy, root), env: withoutRepository(io.env) });
  });
}

/** The fleet with each nixpkgs that is not part of the copy, being ignored or outside, taken from beside the original. */
function anchored(fleet: Fleet, copy: string, root: string): Fleet {
  const channels = new Map([...fleet.channels].map(([name, channel]) => [name, anchor(channel, copy, root)]));
  const hosts = fleet.hosts.map((host) => ({
    ...host,
    channel: channels.get(host.channel.name) ?? host.channel,
  }));
  return { ...fleet, channels, hosts };
}

function anchor(channel: Channel, copy: string, root: string): Channel {
  const { nixpkgs } = channel;
  if (nixpkgs === undefined || !/^\.{1,2}(\/|$)/.test(nixpkgs) || existsSync(resolve(copy, nixpkgs)))
    return channel;
  return { ...channel, nixpkgs: resolve(root, nixpkgs) };
}
