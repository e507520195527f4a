import { stat } from "node:fs/promises";
import { basename } from "node:path";
import { error, FleetError, type Diagnostic, type Span } from "../diagnostics/index.ts";
import { parseManifest, type Fleet, type Host, type ParsedManifest } from "../manifest/index.ts";
import { readText } from "./change-set.ts";
import { confine } from "./confine.ts";

/** The manifest's path in every repository. */
export const MANIFEST = "fleet.yaml";

/** A manifest that was read and checked against the tree that it describes. */
export interface LoadedFleet {
  root: string;
  fleet: Fleet;
}

/**
 * Reads fleet.yaml of the repository at `root` and checks it, first by itself, then against the tree: every
 * host has its directory and what it is evaluated from, and nothing leads out of the repository.
 *
 * @throws FleetError exit code 2, with every diagnostic.
 */
export async function loadFleet(root: string): Promise<LoadedFleet> {
  const text = await readText(root, MANIFEST);
  if (text === undefined) {
    const hint = "fleet init writes one from what the repository has";
    throw new FleetError(error("manifest/not-found", `${MANIFEST} is not in ${root}`, { hint }));
  }
  const manifest = parseManifest(MANIFEST, text);
  if (manifest.fleet === undefined) throw new FleetError(manifest.diagnostics);
  const diagnostics = await checkTree(root, manifest.fleet, manifest);
  if (diagnostics.length > 0) throw new FleetError(diagnostics);
  return { root, fleet: manifest.fleet };
}

type Places = Pick<ParsedManifest, "keySpan" | "valueSpan">;

async function checkTree(root: string, fleet: Fleet, places: Places): Promise<Diagnostic[]> {
  const layout = await expectDirectory(root, fleet.layout.hosts, places.valueSpan(["layout", "hosts"]));
  if (layout !== undefined) return [layout];
  const modules = await guard(() =>
    confine(root, fleet.layout.modules, places.valueSpan(["layout", "modules"])),
  );
  if (modules !== undefined) return [modules];
  const found = await Promise.all(fleet.hosts.map((host) => checkHost(root, fleet, host, places)));
  return found.flat();
}

async function checkHost(root: string, fleet: Fleet, host: Host, places: Places): Promise<Diagnostic[]> {
  const key = places.keySpan(["hosts", host.name]);
  const outside = await guard(() => confine(root, host.directory, key));
  if (outside !== undefined) return [outside];
  if ((await kindOf(root, host.directory)) !== "directory") {
    return [
      error("manifest/no-host-directory", `host ${host.name} has no directory ${host.directory}`, {
        span: key,
        hint: `make ${host.directory}, or take ${host.name} out of the manifest`,
      }),
    ];
  }
  const { link } = fleet.layout;
  const checks = [
    ...[link, `${link}/${basename(fleet.layout.modules)}`].map((path) =>
      guard(() => confine(root, `${host.directory}/${path}`, key)),
    ),
    guard(() => confine(root, host.secrets, key)),
  ];
  if (host.entry.kind === "configuration") checks.push(expectFile(root, host.entry.file, key));
  else
    checks.push(
      expectFile(root, `${host.entry.flake}/flake.nix`, places.valueSpan(["hosts", host.name, "flake"])),
    );
  if (host.promtail !== undefined) {
    checks.push(
      expectModule(root, host.promtail, places.valueSpan(["hosts", host.name, "from", "promtail"])),
    );
  }
  return (await Promise.all(checks)).filter((one) => one !== undefined);
}

async function expectDirectory(root: string, path: string, span: Span): Promise<Diagnostic | undefined> {
  const outside = await guard(() => confine(root, path, span));
  if (outside !== undefined) return outside;
  if ((await kindOf(root, path)) === "directory") return undefined;
  return error("manifest/missing-file", `there is no directory ${path}`, {
    span,
    hint: `make ${path}, or name another`,
  });
}

async function expectFile(root: string, path: string, span: Span): Promise<Diagnostic | undefined> {
  const outside = await guard(() => confine(root, path, span));
  if (outside !== undefined) return outside;
  if ((await kindOf(root, path)) === "file") return undefined;
  return error("manifest/missing-file", `there is no file ${path}`, {
    span,
    hint: `add ${path}, or name another`,
  });
}

/** A module is a file, or a directory with default.nix in it. */
async function expectModule(root: string, path: string, span: Span): Promise<Diagnostic | undefined> {
  return path.endsWith(".nix") ? expectFile(root, path, span) : expectFile(root, `${path}/default.nix`, span);
}

async function kindOf(root: string, path: string): Promise<"file" | "directory" | "absent"> {
  const found = await stat(await confine(root, path)).catch(() => undefined);
  if (found === undefined) return "absent";
  return found.isDirectory() ? "directory" : "file";
}

/** The diagnostic that `check` fails with, if it does. */
async function guard(check: () => Promise<unknown>): Promise<Diagnostic | undefined> {
  try {
    await check();
    return undefined;
  } catch (caught) {
    if (caught instanceof FleetError) return caught.diagnostics[0];
    throw caught;
  }
}
