import { existsSync } from "node:fs";
import { isAbsolute, join } from "node:path";
import { run } from "../process/index.ts";
import { describe, isExecutable, onPath, type ProgramOptions } from "./program.ts";
import type { Source } from "./sources.ts";

/**
 * An attribute of a nixpkgs that the user named: FLEET_NIXPKGS (a path or flake reference, or several as
 * `25.11=/path,26.05=/path`, tried in turn), else the one on NIX_PATH. A build that fails is a miss: the
 * sources after this one may still serve.
 */
export const nixpkgs: Source = async (spec, options) => {
  if (spec.nixpkgs === undefined) return undefined;
  const { attribute, command } = spec.nixpkgs;
  const named = namedNixpkgs(options.env);
  if (named.length === 0) return { miss: "no nixpkgs named by FLEET_NIXPKGS or NIX_PATH" };
  if (onPath("nix-build", options.env) === undefined) {
    return { miss: `nixpkgs is ${named.join(" and ")}, but nix-build is not on PATH` };
  }
  const misses: string[] = [];
  for (const from of named) {
    options.log?.(`building ${spec.name} from nixpkgs (${from}, attribute ${attribute})`);
    const outputs = await build(from, attribute, options);
    if (typeof outputs === "string") {
      misses.push(`nixpkgs ${from} could not build ${attribute}: ${outputs}`);
      continue;
    }
    const found = outputs.map((output) => join(output, "bin", command)).find(isExecutable);
    if (found !== undefined) return { program: await describe(spec, found, "nixpkgs") };
    misses.push(`nixpkgs ${from} has ${attribute} without bin/${command}`);
  }
  return { miss: misses.join("; ") };
};

function namedNixpkgs(env: ProgramOptions["env"]): string[] {
  const named = env["FLEET_NIXPKGS"];
  if (named) return named.split(",").map((part) => part.trim().replace(/^\d+\.\d+=/, ""));
  return /(^|:)nixpkgs=/.test(env["NIX_PATH"] ?? "") ? ["<nixpkgs>"] : [];
}

/** The store paths that the build gave, or the last line of why there are none. */
async function build(from: string, attribute: string, options: ProgramOptions): Promise<string[] | string> {
  const plain = from.startsWith("<") || existsSync(from);
  const command = onPath(plain ? "nix-build" : "nix", options.env) ?? "nix-build";
  const flakes = ["--extra-experimental-features", "nix-command flakes"];
  const args = plain
    ? [from, "--no-out-link", "-A", attribute]
    : [...flakes, "build", "--no-link", "--print-out-paths", `${from}#${attribute}`];
  const result = await run(command, args, {
    env: options.env,
    ...(options.signal === undefined ? {} : { signal: options.signal }),
  });
  if (result.exitCode === 0) return result.stdout.split("\n").filter(isAbsolute);
  return result.stderr.trim().split("\n").at(-1) ?? "";
}
