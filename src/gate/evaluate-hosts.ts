import { join } from "node:path";
import { evaluateBatch } from "./batch.ts";
import { embeddedHost } from "./embedded.ts";
import { evaluateByJobs } from "./eval-jobs.ts";
import { evaluateHost, isEmbedded, type Common, type HostOutcome, type HostTask } from "./evaluate-host.ts";

/** Hosts that share a process at most; each adds about 5 MB to what it holds. */
const LARGEST_BATCH = 25;
/** Bytes that a batch probably takes. */
const EXPECTED = 200e6;

/**
 * Evaluates hosts, beside each other as far as workers and memory go. Those of the embedded surface share processes,
 * others have one each: with a nixpkgs, sharing saves little time and costs twice the memory.
 *
 * @param settle is given the outcomes of hosts whose process has ended, together, as soon as it has
 */
export async function evaluateHosts(
  tasks: readonly HostTask[],
  common: Common & { most: number },
  settle: (outcomes: readonly (readonly [HostTask, HostOutcome])[]) => void,
): Promise<void> {
  const single = async (task: HostTask): Promise<void> => settle([[task, await evaluateHost(task, common)]]);

  const batch = async (hosts: readonly HostTask[]): Promise<void> => {
    const [first] = hosts;
    if (first !== undefined && hosts.length === 1) return single(first);
    const since = Date.now();
    const answers = await common.workers.run({ expected: EXPECTED }, (slot) =>
      evaluateBatch(
        hosts.map((task) => asked(task, common.root)),
        { ...common, evaluation: { ...common.evaluation, onStart: slot.onStart } },
      ),
    );
    const done: [HostTask, HostOutcome][] = [];
    const thrown: HostTask[] = [];
    for (const [index, { findings, looks, seconds }] of answers.entries()) {
      const task = hosts[index];
      if (task === undefined) continue;
      if (findings === undefined) thrown.push(task);
      else done.push([task, { findings, looks, seconds, since }]);
    }
    settle(done);
    const [culprit, ...others] = hosts.slice(answers.length);
    if (culprit !== undefined) thrown.push(culprit);
    // In smaller batches, so that a fleet of faulty hosts is not evaluated again and again.
    await Promise.all([...thrown.map(single), ...divide(others, Math.ceil(hosts.length / 2)).map(batch)]);
  };

  const shared = tasks.filter(isEmbedded);
  const size = Math.min(LARGEST_BATCH, Math.ceil(shared.length / common.most));
  const own = tasks.filter((task) => !isEmbedded(task));
  const { evalJobs } = common;
  await Promise.all([
    ...(evalJobs === undefined
      ? own.map(single)
      : [evaluateByJobs(evalJobs, own, common, settle).then((rest) => Promise.all(rest.map(single)))]),
    ...divide(shared, size).map(batch),
  ]);
}

function asked({ host: { entry, channel } }: HostTask, root: string): ReturnType<typeof embeddedHost> {
  return embeddedHost(join(root, entry.kind === "configuration" ? entry.file : ""), channel, root);
}

function divide<T>(items: readonly T[], size: number): T[][] {
  const parts: T[][] = [];
  for (let at = 0; at < items.length; at += size) parts.push(items.slice(at, at + size));
  return parts;
}
