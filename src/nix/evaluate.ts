import { fileURLToPath } from "node:url";
import { error, FleetError } from "../diagnostics/index.ts";
import { run, type RunResult } from "../process/index.ts";
import { parseFailure, type NixFailure } from "./failure.ts";
import { Watch, type WatchedLine } from "./looks.ts";
import type { Nix } from "./program.ts";

export interface EvaluateOptions {
  env: Readonly<Record<string, string | undefined>>;
  signal?: AbortSignal;
  /**
   * True when the evaluation may need Nix's store: a real nixpkgs, flakes, sources that are fetched. Without it
   * Nix neither reads nor writes any store.
   */
  store?: boolean;
  /** True when Nix may build what the evaluation imports, and write derivations into its store for that. */
  building?: boolean;
  /** Entries of Nix's search path that go before those of NIX_PATH: "home-manager=/path". */
  searchPath?: readonly string[];
  /** Options of Nix's own, as in nix.conf: name and value. */
  settings?: readonly (readonly [name: string, value: string])[];
  /** Milliseconds. */
  timeout?: number;
  /** Called with the process id of each Nix that is started. */
  onStart?: (pid: number) => void;
}

export type Evaluation = { ok: true; value: unknown } | { ok: false; failure: NixFailure };

/** The Nix files that fleet brings along; ends with a slash. */
export const OWN = fileURLToPath(new URL("../../nix/", import.meta.url));

/** What every watched evaluation copies first, see there. */
const WATCHED = `${OWN}gate/world.nix`;
const UNSAID = { look: { kind: "impure", subject: "files that this Nix copies without saying so" } } as const;

/** A Nix that a signal ended before it had an answer: somebody's, or the system's when memory ran out. */
export class NixKilled extends FleetError {
  constructor(signal: string) {
    super(error("nix/killed", `Nix was ended by ${signal} before it had an answer`));
  }
}

/**
 * Evaluates one of fleet's own Nix files, a function of `{ request }`, to a value. Nothing is built, and nothing
 * is written outside Nix's own store.
 *
 * @param file relative to nix/: `gate/embedded.nix`
 * @param request what the file asks for; reaches it as JSON text
 * @throws NixKilled
 * @throws FleetError `process/timeout`, or when nix-instantiate cannot be started
 */
export async function evaluate(
  nix: Nix,
  file: string,
  request: unknown,
  options: EvaluateOptions,
): Promise<Evaluation> {
  const result = await instantiate(nix, file, request, options, ["--show-trace"]);
  return readResult(result.exitCode, result.stdout, result.stderr, file);
}

/**
 * Like `evaluate`, for a file that tells what it looks at as nix/gate/world.nix does, under the `nonce` that is added
 * to its request.
 *
 * @param tell called with what is told, while it is
 */
export async function evaluateWatched(
  nix: Nix,
  file: string,
  request: object,
  options: EvaluateOptions,
  tell: (line: Exclude<WatchedLine, undefined>) => void,
): Promise<Evaluation> {
  const watch = new Watch();
  const copies = { said: false };
  const asked = { ...request, nonce: watch.nonce };
  const onStderr = (line: string): void => {
    const read = watch.read(line);
    if (read === undefined) return;
    copies.said ||= "copied" in read && read.copied === WATCHED;
    if ("answer" in read && !copies.said) tell(UNSAID);
    tell(read);
  };
  const flags = ["--show-trace", "-vv"];
  const { exitCode, stdout, stderr } = await instantiate(nix, file, asked, options, flags, { onStderr });
  if (!copies.said) tell(UNSAID);
  return readResult(exitCode, stdout, watch.strip(stderr), file);
}

/** Runs nix-instantiate, under another program where `wrapper` names one. */
export async function instantiate(
  nix: Nix,
  file: string,
  request: unknown,
  options: EvaluateOptions,
  flags: readonly string[],
  { onStderr, wrapper = [] }: { onStderr?: (line: string) => void; wrapper?: readonly string[] } = {},
): Promise<RunResult> {
  const store = options.store === true ? [] : ["--store", "dummy://"];
  const building = options.building === true ? ["--read-write-mode"] : [];
  const features = ["extra-experimental-features", "nix-command flakes"] as const;
  const settings = [features, ...(options.settings ?? [])];
  const [program, ...leading] = [...wrapper, nix.instantiate];
  const result = await run(
    program,
    [
      ...leading,
      ...["--eval", "--strict", "--json", ...flags, ...store, ...building],
      ...settings.flatMap(([name, value]) => ["--option", name, value]),
      ...(options.searchPath ?? []).flatMap((entry) => ["-I", entry]),
      ...["--argstr", "request", JSON.stringify(request), OWN + file],
    ],
    {
      env: { ...options.env, LC_ALL: "C.UTF-8" },
      timeout: options.timeout ?? 600_000,
      ...(options.signal === undefined ? {} : { signal: options.signal }),
      ...(options.onStart === undefined ? {} : { onStart: options.onStart }),
      ...(onStderr === undefined ? {} : { onStderr }),
    },
  );
  if (result.signal !== undefined) throw new NixKilled(result.signal);
  return result;
}

/** The value or failure in what nix-instantiate printed. */
export function readResult(exitCode: number, stdout: string, stderr: string, file: string): Evaluation {
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
