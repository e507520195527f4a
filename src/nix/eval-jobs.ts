import { join } from "node:path";
import { z } from "zod";
import { run } from "../process/index.ts";
import { OWN, type EvaluateOptions, type Evaluation } from "./evaluate.ts";
import { parseFailure } from "./failure.ts";

/** A line of nix-eval-jobs: a derivation that was evaluated, or why it was not. */
const line = z.union([
  z.object({ attr: z.string(), error: z.string() }),
  z.object({
    attr: z.string(),
    drvPath: z.string(),
    meta: z.object({ fleet: z.record(z.string(), z.unknown()) }),
  }),
]);

/** How nix/gate/jobs.nix tells of a host whose assertions fail; Nix may say more after it. */
const REPORT = /fleet-report (\{.*\})/;

export interface EvalJobsOptions extends EvaluateOptions {
  /** Processes beside each other. */
  workers: number;
  /** Bytes that one of them may hold before it is started anew. */
  memory: number;
}

/**
 * Evaluates hosts by nix-eval-jobs, which has workers and memory limits of its own.
 *
 * @param program absolute path of nix-eval-jobs
 * @param hosts as nix/gate/jobs.nix takes them
 * @param tell called with the answer for each host, of the form of nix/gate/nixpkgs.nix, as soon as it is there. Hosts
 * whose worker was ended may get none.
 */
export async function evaluateJobs(
  program: string,
  hosts: readonly { name: string }[],
  options: EvalJobsOptions,
  tell: (host: string, evaluation: Evaluation) => void,
): Promise<void> {
  const settings = [
    ["extra-experimental-features", "nix-command flakes"] as const,
    ...(options.settings ?? []),
  ];
  await run(
    program,
    [
      ...["--impure", "--meta", "--show-trace", "--workers", String(options.workers)],
      ...["--max-memory-size", String(Math.floor(options.memory / 2 ** 20))],
      ...settings.flatMap(([name, value]) => ["--option", name, value]),
      ...(options.searchPath ?? []).flatMap((entry) => ["-I", entry]),
      ...["--argstr", "request", JSON.stringify({ hosts }), join(OWN, "gate/jobs.nix")],
    ],
    {
      env: { ...options.env, LC_ALL: "C.UTF-8" },
      timeout: options.timeout ?? 3_600_000,
      ...(options.signal === undefined ? {} : { signal: options.signal }),
      onStdout: (text) => {
        const answer = readJob(text);
        if (answer !== undefined) tell(answer.host, answer.evaluation);
      },
    },
  );
}

/** What a line of nix-eval-jobs says; undefined for one that is none of its answers. */
export function readJob(text: string): { host: string; evaluation: Evaluation } | undefined {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    return undefined;
  }
  const job = line.safeParse(value).data;
  if (job === undefined) return undefined;
  const { attr: host } = job;
  if ("drvPath" in job) {
    return { host, evaluation: { ok: true, value: { ...job.meta.fleet, drvPath: job.drvPath } } };
  }
  const report = REPORT.exec(job.error)?.[1];
  if (report !== undefined) {
    return { host, evaluation: { ok: true, value: { ...(JSON.parse(report) as object), drvPath: null } } };
  }
  const failure = parseFailure(job.error);
  return { host, evaluation: { ok: false, failure } };
}
