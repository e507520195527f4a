import { fileURLToPath } from "node:url";
import { error, FleetError } from "../diagnostics/index.ts";
import { run } from "../process/index.ts";
import { parseFailure, type NixFailure } from "./failure.ts";
import type { Nix } from "./program.ts";

export interface EvaluateOptions {
  env: Readonly<Record<string, string | undefined>>;
  signal?: AbortSignal;
  /**
   * True when the evaluation may need Nix's store: a real nixpkgs, flakes, sources that are fetched. Without it
   * Nix neither reads nor writes any store.
   */
  store?: boolean;
  /** Entries of Nix's search path that go before those of NIX_PATH: "home-manager=/path". */
  searchPath?: readonly string[];
  /** Milliseconds. */
  timeout?: number;
}

export type Evaluation = { ok: true; value: unknown } | { ok: false; failure: NixFailure };

/** The Nix files that fleet brings along; ends with a slash. */
export const OWN = fileURLToPath(new URL("../../nix/", import.meta.url));

/**
 * Evaluates one of fleet's own Nix files, a function of `{ request }`, to a value. Nothing is built, and nothing
 * is written outside Nix's own store.
 *
 * @param file relative to nix/: `gate/embedded.nix`
 * @param request what the file asks for; reaches it as JSON text
 * @throws FleetError `process/timeout`, or when nix-instantiate cannot be started
 */
export async function evaluate(
  nix: Nix,
  file: string,
  request: unknown,
  options: EvaluateOptions,
): Promise<Evaluation> {
  const store = options.store === true ? [] : ["--store", "dummy://"];
  const features = ["--option", "extra-experimental-features", "nix-command flakes"];
  const { exitCode, stdout, stderr } = await run(
    nix.instantiate,
    [
      ...["--eval", "--strict", "--json", "--show-trace", ...store, ...features],
      ...(options.searchPath ?? []).flatMap((entry) => ["-I", entry]),
      ...["--argstr", "request", JSON.stringify(request), OWN + file],
    ],
    {
      env: { ...options.env, LC_ALL: "C.UTF-8" },
      timeout: options.timeout ?? 600_000,
      ...(options.signal === undefined ? {} : { signal: options.signal }),
    },
  );
  // A failing run may have printed part of its answer already: only the exit code counts.
  if (exitCode !== 0) {
    const failure = parseFailure(stderr);
    const message = failure.message || `nix-instantiate ended with code ${exitCode}`;
    return { ok: false, failure: { ...failure, message } };
  }
  try {
    return { ok: true, value: JSON.parse(stdout) as unknown };
  } catch {
    throw new FleetError(error("nix/evaluation-failed", `nix-instantiate printed no JSON for ${file}`));
  }
}
