import { stat } from "node:fs/promises";
import { dirname, resolve } from "node:path";
import { ALLOY_VERSION } from "../alloy/index.ts";
import { FleetError } from "../diagnostics/index.ts";
import { parseManifest } from "../manifest/index.ts";
import { findRoot, MANIFEST, readText } from "../repository/index.ts";

/**
 * The Alloy that a configuration is for where the command line does not say: the one that all channels of its
 * repository's manifest have, else the default.
 *
 * @param path the configuration, a file or directory; `-` stands for the directory of the call
 */
export async function alloyVersionFor(path: string, from: { cwd: string; repo?: string }): Promise<string> {
  try {
    const root = await findRoot({ repo: from.repo, cwd: await directoryOf(path, from.cwd) });
    const { fleet } = parseManifest(MANIFEST, (await readText(root, MANIFEST)) ?? "");
    const versions = new Set([...(fleet?.channels.values() ?? [])].map((channel) => channel.alloy));
    const [only] = versions;
    return versions.size === 1 && only !== undefined ? only : ALLOY_VERSION;
  } catch (caught) {
    // A configuration needs no repository, nor one whose manifest can be read.
    if (caught instanceof FleetError) return ALLOY_VERSION;
    throw caught;
  }
}

async function directoryOf(path: string, cwd: string): Promise<string> {
  if (path === "-") return cwd;
  const found = await stat(resolve(cwd, path)).catch(() => undefined);
  if (found === undefined) return cwd;
  return found.isDirectory() ? resolve(cwd, path) : dirname(resolve(cwd, path));
}
