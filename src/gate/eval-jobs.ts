import { join } from "node:path";
import { FleetError } from "../diagnostics/index.ts";
import { channelModules, evaluateJobs, Places, standIns, type Evaluation, type Look } from "../nix/index.ts";
import type { Common, HostOutcome, HostTask } from "./evaluate-host.ts";
import { flakeReference, readAnswer } from "./real.ts";

const TOGETHER: Look = {
  kind: "impure",
  subject: "what nix-eval-jobs reads, which it does for all hosts together",
};

/**
 * Evaluates hosts of a nixpkgs, or of flakes, by nix-eval-jobs.
 *
 * @returns the hosts that it gave no answer for
 */
export async function evaluateByJobs(
  program: string,
  tasks: readonly HostTask[],
  { root, evaluation, workers, most }: Common & { most: number },
  settle: (outcomes: readonly (readonly [HostTask, HostOutcome])[]) => void,
): Promise<HostTask[]> {
  if (tasks.length === 0) return [];
  const waiting = new Map(tasks.map((task) => [task.host.name, task]));
  const answers: { task: HostTask; answer: Evaluation; seconds: number }[] = [];
  const since = Date.now();
  await workers.run({ expected: workers.budget, alone: true }, async ({ onStart }) => {
    const begun = performance.now();
    const options = {
      ...evaluation,
      onStart,
      workers: most,
      memory: workers.budget / most,
      searchPath: [...new Set(tasks.flatMap(({ host }) => standIns(host.channel, evaluation.env)))],
    };
    const jobs = tasks.map((task) => jobOf(task, root));
    try {
      await evaluateJobs(program, jobs, options, (name, answer) => {
        const task = waiting.get(name);
        if (task !== undefined) answers.push({ task, answer, seconds: (performance.now() - begun) / 1000 });
        waiting.delete(name);
      });
    } catch (caught) {
      evaluation.signal?.throwIfAborted();
      // Out of time: the hosts that have an answer keep it.
      if (!(caught instanceof FleetError)) throw caught;
    }
  });
  settle(
    answers.map(({ task, answer, seconds }) => {
      const places = new Places(root);
      const findings = readAnswer(answer, false, filesOf(task, root), task.host.channel, { places });
      return [task, { findings, looks: [TOGETHER], seconds, since }];
    }),
  );
  return [...waiting.values()];
}

/** A host as nix/gate/jobs.nix takes it. */
function jobOf({ host, evaluator }: HostTask, root: string): { name: string } {
  const { name, entry, channel } = host;
  if (entry.kind === "flake") {
    return { name, ...{ flake: flakeReference(entry.flake, root), attribute: entry.attribute } };
  }
  const nixpkgs = evaluator?.kind === "nixpkgs" ? evaluator.path : "";
  const modules = channelModules(channel, root);
  return { name, ...{ nixpkgs, configuration: join(root, entry.file), modules } };
}

function filesOf({ host: { entry } }: HostTask, root: string): string[] {
  return entry.kind === "configuration" ? [join(root, entry.file)] : [];
}
