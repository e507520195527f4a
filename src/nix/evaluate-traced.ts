import { mkdtemp, readFile, rm } from "node:fs/promises";
import { homedir, tmpdir } from "node:os";
import { join } from "node:path";
import { instantiate, OWN, readResult, type EvaluateOptions, type Evaluation } from "./evaluate.ts";
import type { Look } from "./looks.ts";
import type { Nix } from "./program.ts";
import { readStrace, STRACE_ARGUMENTS } from "./strace.ts";

/** What strace says when it is not allowed to trace, or does not know an option. */
const CANNOT_TRACE = /^strace: /m;

/**
 * Evaluates like `evaluate`, and tells what Nix looked at on the way, by the calls that it made: whatever a nixpkgs
 * and its modules read, they read it through the kernel. Only the time is not asked of the kernel; a file outside of
 * nixpkgs that mentions it is told as impure. The environment is not told: all of it counts.
 *
 * @param strace absolute path; undefined where there is none, so that nothing can be told
 */
export async function evaluateTraced(
  nix: Nix,
  file: string,
  request: object,
  options: EvaluateOptions,
  { strace, look }: { strace: string | undefined; look: (look: Look) => void },
): Promise<Evaluation> {
  const flags = ["--show-trace"];
  const untraced = async (why: string): Promise<Evaluation> => {
    look({ kind: "impure", subject: `what Nix reads, which is not known: ${why}` });
    const { exitCode, stdout, stderr } = await instantiate(nix, file, request, options, flags);
    return readResult(exitCode, stdout, stderr, file);
  };
  if (strace === undefined) return untraced("strace is not on this machine");

  const directory = await mkdtemp(join(tmpdir(), "fleet-strace-"));
  try {
    const wrapper = [strace, ...STRACE_ARGUMENTS, "-o", join(directory, "thread"), "--"];
    const { exitCode, stdout, stderr } = await instantiate(nix, file, request, options, flags, { wrapper });
    const traced = readStrace(directory, {
      cwd: process.cwd(),
      cache: nixCache(options.env),
      asksAnew: options.settings?.some(([name, value]) => name === "tarball-ttl" && value === "0") ?? false,
    });
    if (exitCode !== 0 && CANNOT_TRACE.test(stderr)) return await untraced("strace cannot trace here");
    for (const one of [...traced.looks, ...(await timeLooks(traced.nixFiles))]) look(one);
    return readResult(exitCode, stdout, stderr, file);
  } finally {
    await rm(directory, { recursive: true, force: true });
  }
}

/** Where Nix keeps what it fetched. */
function nixCache(env: EvaluateOptions["env"]): string {
  return join(env["XDG_CACHE_HOME"] ?? join(env["HOME"] ?? homedir(), ".cache"), "nix");
}

/** A look at the time for each file that mentions it; nixpkgs, whose systems do not depend on it, is trusted. */
async function timeLooks(files: readonly string[]): Promise<Look[]> {
  const entry = "nixos/lib/eval-config.nix";
  const trusted = [
    OWN,
    ...files.filter((file) => file.endsWith(`/${entry}`)).map((file) => file.slice(0, -entry.length)),
  ];
  const suspects = files.filter((file) => !trusted.some((directory) => file.startsWith(directory)));
  const texts = await Promise.all(suspects.map((file) => readFile(file, "utf8").catch(() => "")));
  return suspects
    .filter((_, index) => /\bcurrentTime\b/.test(texts[index] ?? ""))
    .map((file) => ({ kind: "impure", subject: `builtins.currentTime, which ${file} mentions` }));
}
