import { existsSync } from "node:fs";
import { resolve } from "node:path";
import { error, FleetError } from "../diagnostics/index.ts";
import { installWithApt } from "./apt.ts";
import type { GoModule, ProgramSpec } from "./catalogue.ts";
import { buildGoModule, goBuild } from "./go-module.ts";
import { describe, isExecutable, onPath, type Program, type ProgramOptions } from "./program.ts";

/** What a source says of a program: here it is, or why it is not here. */
export type Answer = { program: Program } | { miss: string };

/** A place to have a program from; undefined when it never offers this one. */
export type Source = (spec: ProgramSpec, options: ProgramOptions) => Promise<Answer | undefined>;

/**
 * A path that the user named. It wins, and where it is wrong nothing else is tried.
 *
 * @throws FleetError `programs/explicit-missing`.
 */
export const explicit: Source = async (spec, options) => {
  const path = explicitPath(spec, options);
  return path === undefined ? undefined : { program: await describe(spec, path, "explicit") };
};

function explicitPath(spec: ProgramSpec, options: ProgramOptions): string | undefined {
  const named = options.tools?.[spec.name];
  if (named === undefined) return undefined;
  const path = named.includes("/") ? resolve(options.cwd ?? ".", named) : onPath(named, options.env);
  if (path !== undefined && isExecutable(path)) return path;
  throw new FleetError(
    error("programs/explicit-missing", `${named}, named as ${spec.name}, is not a program that can be run`, {
      hint: `mend tools.${spec.name} in the manifest, or leave it out so that fleet looks for ${spec.name} itself`,
    }),
  );
}

/**
 * Where a program is that the user named, that is on PATH, or that is in one of its usual places: what the first three
 * sources would find, without asking it for its version.
 *
 * @throws FleetError `programs/explicit-missing`.
 */
export function placeOf(spec: ProgramSpec, options: ProgramOptions): string | undefined {
  return explicitPath(spec, options) ?? onPath(spec.name, options.env) ?? spec.places?.find(isExecutable);
}

export const path: Source = async (spec, options) => {
  const found = onPath(spec.name, options.env);
  return found === undefined ? { miss: "not on PATH" } : { program: await describe(spec, found, "PATH") };
};

export const knownPlace: Source = async (spec) => {
  if (spec.places === undefined) return undefined;
  const found = spec.places.find(isExecutable);
  return found === undefined
    ? { miss: `not at ${spec.places.join(" or ")}` }
    : { program: await describe(spec, found, "known place") };
};

/** What an earlier run built from the Go module. */
export const built: Source = async (spec, options) => {
  if (spec.goModule === undefined) return undefined;
  const build = await goBuild(spec, spec.goModule, options.env);
  if (!isExecutable(build.path)) return undefined;
  return { program: await describe(spec, build.path, "go module", { version: build.version }) };
};

/** A build from the Go module that scripts/programs pins. */
export const goModule: Source = async (spec, options) => {
  if (spec.goModule === undefined) return undefined;
  const go = onPath("go", options.env);
  if (go === undefined) return { miss: "its Go module cannot be built: go is not on PATH" };
  const missing = await missingForCgo(spec.goModule, options);
  if (missing !== undefined) return { miss: `its Go module cannot be built: ${missing}` };
  const build = await goBuild(spec, spec.goModule, options.env);
  await buildGoModule(spec, spec.goModule, build, go, options);
  return { program: await describe(spec, build.path, "go module", { version: build.version }) };
};

/** What a build with C lacks on this machine and could not be installed; undefined for nothing. */
async function missingForCgo({ headers }: GoModule, options: ProgramOptions): Promise<string | undefined> {
  if (headers === undefined) return undefined;
  const compiler = (): boolean => onPath(options.env["CC"] ?? "gcc", options.env) !== undefined;
  if (!compiler()) {
    const miss = await installWithApt("gcc", compiler, options);
    if (miss !== undefined) return `there is no C compiler on PATH, and ${miss}`;
  }
  for (const { path: header, apt: name } of headers) {
    if (existsSync(header)) continue;
    const miss = await installWithApt(name, () => existsSync(header), options);
    if (miss !== undefined) return `${header} is not there, and ${miss}`;
  }
  return undefined;
}

/** The system's package manager, where fleet was allowed to use it. */
export const apt: Source = async (spec, options) => {
  if (spec.apt === undefined) return undefined;
  const installed = (): string | undefined =>
    onPath(spec.name, options.env) ?? spec.places?.find(isExecutable);
  const miss = await installWithApt(spec.apt, () => installed() !== undefined, options);
  if (miss !== undefined) return { miss };
  const found = installed();
  return found === undefined
    ? { miss: `Debian's ${spec.apt} is installed and did not bring it` }
    : { program: await describe(spec, found, "apt") };
};
