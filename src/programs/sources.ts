import { existsSync } from "node:fs";
import { isAbsolute, join, resolve } from "node:path";
import { error, FleetError } from "../diagnostics/index.ts";
import { run } from "../process/index.ts";
import { installWithApt } from "./apt.ts";
import type { ProgramSpec } from "./catalogue.ts";
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
  const named = options.tools?.[spec.name];
  if (named === undefined) return undefined;
  const path = named.includes("/") ? resolve(options.cwd ?? ".", named) : onPath(named, options.env);
  if (path !== undefined && isExecutable(path)) return { program: await describe(spec, path, "explicit") };
  throw new FleetError(
    error("programs/explicit-missing", `${named}, named as ${spec.name}, is not a program that can be run`, {
      hint: `mend tools.${spec.name} in the manifest, or leave it out so that fleet looks for ${spec.name} itself`,
    }),
  );
};

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

/**
 * An attribute of the nixpkgs that FLEET_NIXPKGS names (a path or a flake reference), or else of NIX_PATH's.
 * A failing build is a miss: the sources after this one may still serve.
 */
export const nixpkgs: Source = async (spec, options) => {
  if (spec.nixpkgs === undefined) return undefined;
  const { attribute, command } = spec.nixpkgs;
  const from =
    options.env["FLEET_NIXPKGS"] ?? (/(^|:)nixpkgs=/.test(options.env["NIX_PATH"] ?? "") ? "<nixpkgs>" : "");
  if (from === "") return { miss: "no nixpkgs named by FLEET_NIXPKGS or NIX_PATH" };
  const nix = onPath("nix-build", options.env);
  if (nix === undefined) return { miss: `nixpkgs is ${from}, but nix-build is not on PATH` };
  options.log?.(`building ${spec.name} from nixpkgs (${from}, attribute ${attribute})`);
  const isFile = from.startsWith("<") || existsSync(from);
  const [program, args] = isFile
    ? [nix, [from, "--no-out-link", "-A", attribute]]
    : [
        join(nix, "../nix"),
        [
          "--extra-experimental-features",
          "nix-command flakes",
          "build",
          "--no-link",
          "--print-out-paths",
        ].concat(`${from}#${attribute}`),
      ];
  const result = await run(program, args, {
    env: options.env,
    ...(options.signal === undefined ? {} : { signal: options.signal }),
  });
  if (result.exitCode !== 0) {
    return {
      miss: `nixpkgs ${from} could not build ${attribute}: ${result.stderr.trim().split("\n").at(-1) ?? ""}`,
    };
  }
  const outputs = result.stdout.split("\n").filter(isAbsolute);
  const found = outputs.map((output) => join(output, "bin", command)).find(isExecutable);
  return found === undefined
    ? { miss: `nixpkgs ${from} has ${attribute} without bin/${command}` }
    : { program: await describe(spec, found, "nixpkgs") };
};

/** A build from the Go module that scripts/programs pins. */
export const goModule: Source = async (spec, options) => {
  if (spec.goModule === undefined) return undefined;
  const go = onPath("go", options.env);
  if (go === undefined) return { miss: "its Go module cannot be built: go is not on PATH" };
  const build = await goBuild(spec, spec.goModule, options.env);
  await buildGoModule(spec, spec.goModule, build, go, options);
  return { program: await describe(spec, build.path, "go module", { version: build.version }) };
};

/** The system's package manager, where fleet was allowed to use it. */
export const apt: Source = async (spec, options) => {
  if (spec.apt === undefined) return undefined;
  const miss = await installWithApt(spec.apt, options);
  if (miss !== undefined) return { miss };
  const found = onPath(spec.name, options.env) ?? spec.places?.find(isExecutable);
  return found === undefined
    ? { miss: `Debian's ${spec.apt} is installed and did not bring it` }
    : { program: await describe(spec, found, "apt") };
};
