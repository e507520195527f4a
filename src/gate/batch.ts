import { FleetError } from "../diagnostics/index.ts";
import { evaluateWatched, Places, type EvaluateOptions, type Look, type Nix } from "../nix/index.ts";
import { readAnswer, type EmbeddedHost } from "./embedded.ts";
import type { HostFindings } from "./findings.ts";

/** What a process that evaluates several hosts says of one. */
export interface BatchAnswer {
  /** Undefined for a host that throws. */
  findings: HostFindings | undefined;
  looks: readonly Look[];
  /** How long the process was at it. */
  seconds: number;
}

/**
 * Evaluates hosts through the embedded option surface, one after the other in one process, which saves most of what a
 * process costs. A host that does not evaluate has to be evaluated by itself to learn why.
 *
 * @returns an answer for each host, in their order. Where one ends the process, or the process is ended, there are
 * fewer answers than hosts, and the first host without one is to blame.
 */
export async function evaluateBatch(
  hosts: readonly EmbeddedHost[],
  { nix, root, evaluation }: { nix: Nix; root: string; evaluation: EvaluateOptions },
): Promise<BatchAnswer[]> {
  const told: { value: unknown; looks: Look[]; seconds: number }[] = [];
  // Nix says once that it copies a path, whoever of the hosts that follow uses it too.
  const copied: Look[] = [];
  let looks: Look[] = [];
  let begun = performance.now();
  const request = { hosts: hosts.map(({ request: host }) => host) };
  try {
    await evaluateWatched(nix, "gate/batch.nix", request, evaluation, (line) => {
      if ("copied" in line) copied.push({ kind: "tree", subject: line.copied });
      else if ("look" in line) looks.push(line.look);
      else {
        const now = performance.now();
        told.push({ value: line.answer, looks: [...looks, ...copied], seconds: (now - begun) / 1000 });
        looks = [];
        begun = now;
      }
    });
  } catch (caught) {
    evaluation.signal?.throwIfAborted();
    // Killed, or out of time: the hosts that were done are done.
    if (!(caught instanceof FleetError)) throw caught;
  }
  return hosts.slice(0, told.length).map((host, index) => {
    const { value = null, looks: seen = [], seconds = 0 } = told[index] ?? {};
    if (value === null) return { findings: undefined, looks: seen, seconds };
    const places = new Places(root);
    const findings = readAnswer(value, host, places);
    return { findings, looks: [...seen, ...placed(places)], seconds };
  });
}

/** The files that were read for the places that findings name. */
export function placed(places: Places): Look[] {
  return places.read.map((subject) => ({ kind: "read", subject }));
}
