import { readdir, realpath, stat } from "node:fs/promises";
import { posix, relative } from "node:path";
import { error, FleetError, type Diagnostic } from "../diagnostics/index.ts";
import { findImports } from "../generate/index.ts";
import { isWithin, locate, readText } from "../repository/index.ts";
import { channelOf, type FoundChannel, type GivenChannels } from "./channel.ts";

/** What a repository has, as far as a manifest speaks of it. Paths are relative to the root. */
export interface Discovery {
  layout: { modules: string; hosts: string; link: string };
  /** The shared Promtail module, when there is one. */
  promtail: string | undefined;
  hosts: FoundHost[];
}

export interface FoundHost {
  name: string;
  channel: FoundChannel;
  /** What the host's imports have it ship with. */
  ships: "alloy" | "promtail" | "none";
  /** Its imports have a note about Promtail in place of an import. */
  dropped: boolean;
  /** It sets options of sops-nix, whose module it does not import itself. */
  needsSopsNix: boolean;
}

/** Where repositories keep their hosts, the commonest first. */
const HOST_DIRECTORIES = ["hosts", "machines", "systems"];

/**
 * Looks through the repository at `root` for hosts (directories with configuration.nix), their channels, the
 * modules they share and what ships their logs. Evaluates nothing.
 *
 * @throws FleetError with a diagnostic for every host whose channel nobody says, or when there is no host.
 */
export async function discover(root: string, given: GivenChannels): Promise<Discovery> {
  const hosts = await hostsDirectory(root);
  const names = await hostNames(root, hosts);
  const imports = new Map<string, HostImports>();
  for (const name of names) imports.set(name, await readImports(root, `${hosts}/${name}`));
  const shared = [...imports.values()].flatMap(({ paths }) => paths);
  const promtail =
    shared.find((path) => posix.basename(path) === "promtail") ?? (await moduleAt(root, "modules/promtail"));
  const modules = promtail === undefined ? "modules" : posix.dirname(promtail);
  const missing: Diagnostic[] = [];
  const found: FoundHost[] = [];
  for (const [name, { paths, dropped, needsSopsNix }] of imports) {
    const channel = await hostChannel(root, `${hosts}/${name}`, name, given);
    if (channel === undefined) {
      const hint = `write it to ${hosts}/${name}/channel, or say --channel ${name}=26.05`;
      missing.push(error("manifest/no-channel", `nothing says which NixOS release ${name} is on`, { hint }));
      continue;
    }
    const ships = paths.includes(`${modules}/alloy`)
      ? "alloy"
      : promtail !== undefined && paths.includes(promtail)
        ? "promtail"
        : "none";
    found.push({ name, channel, ships, dropped, needsSopsNix });
  }
  if (missing.length > 0) throw new FleetError(missing);
  return { layout: { modules, hosts, link: await linkName(root, hosts, names) }, promtail, hosts: found };
}

async function hostsDirectory(root: string): Promise<string> {
  for (const name of HOST_DIRECTORIES) if ((await hostNames(root, name)).length > 0) return name;
  const looked = HOST_DIRECTORIES.map((name) => `${name}/*/configuration.nix`).join(", ");
  throw new FleetError(
    error("manifest/no-hosts", `no host was found: there is no ${looked}`, {
      hint: "write fleet.yaml by hand; fleet schema describes it",
    }),
  );
}

/** The directories below `hosts` that hold configuration.nix and can be named in a manifest, sorted. */
async function hostNames(root: string, hosts: string): Promise<string[]> {
  const place = locate(root, hosts);
  const entries = typeof place === "string" ? await readdir(place).catch(() => []) : [];
  const names: string[] = [];
  for (const name of entries.sort()) {
    if (!/^[A-Za-z0-9][A-Za-z0-9_-]*$/.test(name)) continue;
    if (await isFile(root, `${hosts}/${name}/configuration.nix`)) names.push(name);
  }
  return names;
}

interface HostImports {
  /** What the host imports from the repository, links resolved and default.nix left out. */
  paths: string[];
  dropped: boolean;
  needsSopsNix: boolean;
}

async function readImports(root: string, directory: string): Promise<HostImports> {
  const file = `${directory}/configuration.nix`;
  const text = (await readText(root, file)) ?? "";
  const needsSopsNix = /^\s*sops\./m.test(text) && !text.includes("sops-nix");
  const list = findImports(file, text);
  // A host whose imports are computed is left to the person; generate says so when it comes to it.
  if ("code" in list) return { paths: [], dropped: false, needsSopsNix };
  const written = list.tokens.map((token) => ({
    kind: token.kind,
    text: text.slice(token.start, token.end),
  }));
  const paths: string[] = [];
  for (const { kind, text: path } of written) {
    const found = kind === "path" ? await resolveInside(root, posix.join(directory, path)) : undefined;
    if (found !== undefined) paths.push(found);
  }
  return {
    paths,
    needsSopsNix,
    dropped: written.some(({ kind, text: note }) => kind === "comment" && /promtail/i.test(note)),
  };
}

/** A path of the repository with links resolved, undefined when nothing is there or it lies outside. */
async function resolveInside(root: string, path: string): Promise<string | undefined> {
  try {
    const real = await realpath(posix.join(root, path));
    return isWithin(root, real) ? relative(root, real).replace(/\/default\.nix$/, "") : undefined;
  } catch {
    return undefined;
  }
}

async function moduleAt(root: string, path: string): Promise<string | undefined> {
  return (await isFile(root, `${path}/default.nix`)) ? path : undefined;
}

async function isFile(root: string, path: string): Promise<boolean> {
  const found = await stat(posix.join(root, path)).catch(() => undefined);
  return found?.isFile() === true;
}

async function hostChannel(
  root: string,
  directory: string,
  name: string,
  given: GivenChannels,
): Promise<FoundChannel | undefined> {
  const own = given.byHost.get(name);
  if (own !== undefined) return { name: own, nixpkgs: undefined };
  const text = await readText(root, `${directory}/channel`);
  const found = text === undefined ? undefined : channelOf(text);
  if (found !== undefined) return found;
  return given.others === undefined ? undefined : { name: given.others, nixpkgs: undefined };
}

/** The name of the link through which most hosts reach shared files: `utils`. */
async function linkName(root: string, hosts: string, names: readonly string[]): Promise<string> {
  const counts = new Map<string, number>();
  for (const name of names) {
    const entries = await readdir(posix.join(root, hosts, name), { withFileTypes: true });
    for (const entry of entries.filter((one) => one.isSymbolicLink())) {
      counts.set(entry.name, (counts.get(entry.name) ?? 0) + 1);
    }
  }
  return [...counts].sort(([, a], [, b]) => b - a)[0]?.[0] ?? "utils";
}
