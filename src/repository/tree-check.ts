import { statSync } from "node:fs";
import { basename } from "node:path";
import { error, type Diagnostic, type Span } from "../diagnostics/index.ts";
import type { Fleet, Host, ParsedManifest } from "../manifest/index.ts";
import { locate } from "./confine.ts";

/** Where the manifest says what is checked. */
type Places = Pick<ParsedManifest, "keySpan" | "valueSpan">;

/** Checks that what a manifest speaks of is in the tree, and that nothing of it leads out. */
export function checkTree(root: string, fleet: Fleet, places: Places): Diagnostic[] {
  const { hosts, modules, clusters } = fleet.layout;
  const layout = [
    // A fleet may be clusters alone.
    ...(fleet.hosts.length === 0
      ? []
      : expect("directory", root, hosts, places.valueSpan(["layout", "hosts"]))),
    ...expectInside(root, clusters, places.valueSpan(["layout", "clusters"])),
    ...expectInside(root, modules, places.valueSpan(["layout", "modules"])),
  ];
  // Every host would repeat what is wrong with the layout.
  if (layout.length > 0) return layout;
  const checked = new Set<string>();
  return fleet.hosts.flatMap((host) => [
    ...checkHost(root, host, places),
    ...checkLink(root, fleet, host, places, checked),
  ]);
}

/**
 * The host's link, and the modules behind it. Most hosts' links lead to one directory, whose own link is
 * checked for the first of them only.
 */
function checkLink(
  root: string,
  fleet: Fleet,
  host: Host,
  places: Places,
  checked: Set<string>,
): Diagnostic[] {
  const key = places.keySpan(["hosts", host.name]);
  const shared = locate(root, `${host.directory}/${fleet.layout.link}`, key);
  if (typeof shared !== "string") {
    // A directory that leads out has been reported as such.
    return typeof locate(root, host.directory) === "string" ? [shared] : [];
  }
  if (checked.has(shared)) return [];
  checked.add(shared);
  return expectInside(root, `${host.directory}/${fleet.layout.link}/${basename(fleet.layout.modules)}`, key);
}

function checkHost(root: string, host: Host, places: Places): Diagnostic[] {
  const { name, directory, entry, promtail } = host;
  const key = places.keySpan(["hosts", name]);
  const found = locate(root, directory, key);
  if (typeof found !== "string") return [found];
  if (kindOf(found) !== "directory") {
    const hint = `make ${directory}, or take ${name} out of the manifest`;
    const message = `host ${name} has no directory ${directory}`;
    return [error("manifest/no-host-directory", message, { span: key, hint })];
  }
  return [
    ...expectInside(root, host.secrets, key),
    ...(entry.kind === "configuration"
      ? expect("file", root, entry.file, key)
      : expect("file", root, `${entry.flake}/flake.nix`, places.valueSpan(["hosts", name, "flake"]))),
    ...(promtail === undefined
      ? []
      : expect("file", root, moduleFile(promtail), places.valueSpan(["hosts", name, "from", "promtail"]))),
  ];
}

/** A module is a file, or a directory with default.nix in it. */
function moduleFile(module: string): string {
  return module.endsWith(".nix") ? module : `${module}/default.nix`;
}

function expectInside(root: string, path: string, span: Span): Diagnostic[] {
  const found = locate(root, path, span);
  return typeof found === "string" ? [] : [found];
}

function expect(kind: "file" | "directory", root: string, path: string, span: Span): Diagnostic[] {
  const found = locate(root, path, span);
  if (typeof found !== "string") return [found];
  if (kindOf(found) === kind) return [];
  const hint = `make ${path}, or name another`;
  return [error("manifest/missing-file", `there is no ${kind} ${path}`, { span, hint })];
}

function kindOf(path: string): "file" | "directory" | undefined {
  try {
    return statSync(path).isDirectory() ? "directory" : "file";
  } catch {
    return undefined;
  }
}
