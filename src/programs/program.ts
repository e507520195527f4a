import { accessSync, constants, statSync } from "node:fs";
import { delimiter, isAbsolute, join } from "node:path";
import { run } from "../process/index.ts";
import type { ProgramName, ProgramSpec } from "./catalogue.ts";

export type Origin = "explicit" | "PATH" | "known place" | "nixpkgs" | "go module" | "apt";

/** A program that can be run on this machine. */
export interface Program {
  name: ProgramName;
  /** Absolute. */
  path: string;
  /** As the program or the module that pins it says: "3.7.8"; undefined when it does not say. */
  version: string | undefined;
  origin: Origin;
  /** For a person: "loki 3.7.8 (built from its Go module)". */
  description: string;
}

export interface ProgramOptions {
  /** `tools:` of the manifest, and flags: name to path. A relative path starts at `cwd`. */
  tools?: Readonly<Record<string, string>>;
  env: Readonly<Record<string, string | undefined>>;
  /** Where relative tool paths start. */
  cwd?: string;
  /** Told what takes long or changes the machine, before it happens. */
  log?: (line: string) => void;
  signal?: AbortSignal;
}

const HOW: Record<Origin, string> = {
  explicit: "named explicitly",
  PATH: "from PATH",
  "known place": "from its usual place",
  nixpkgs: "from nixpkgs",
  "go module": "built from its Go module",
  apt: "from the system's package manager",
};

/** Makes the record of a program at `path`, asking it for its version unless that is known. */
export async function describe(
  spec: ProgramSpec,
  path: string,
  origin: Origin,
  known: { version?: string } = {},
): Promise<Program> {
  const version = known.version ?? (await askVersion(spec, path));
  const named = version === undefined ? spec.name : `${spec.name} ${version}`;
  return { name: spec.name, path, version, origin, description: `${named} (${HOW[origin]})` };
}

async function askVersion(spec: ProgramSpec, path: string): Promise<string | undefined> {
  try {
    const { stdout, stderr } = await run(path, spec.versionArguments, { timeout: 20_000 });
    return /\d+\.\d+(?:\.\d+)?|(?<=^systemd )\d+/m.exec(stdout + stderr)?.[0];
  } catch {
    return undefined;
  }
}

/** The first directory of PATH that holds an executable file `command`. */
export function onPath(command: string, env: ProgramOptions["env"]): string | undefined {
  const directories = (env["PATH"] ?? "").split(delimiter).filter(isAbsolute);
  return directories.map((directory) => join(directory, command)).find(isExecutable);
}

/** True for a file (or a link to one) that may be run. */
export function isExecutable(path: string): boolean {
  try {
    accessSync(path, constants.X_OK);
    return statSync(path).isFile();
  } catch {
    return false;
  }
}
