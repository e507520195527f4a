import { compareGates, withFuzzedFleet } from "./fuzzed-fleet.ts";

/** What a run of the fuzzer saw: so many verdicts were known, and so many were not. */
export interface GateFuzz {
  known: number;
  evaluated: number;
  /** Verdicts by kind, so that a fleet which always fails is noticed. */
  verdicts: Record<string, number>;
}

/**
 * Edits random files of a small fleet, `rounds` times, and each time compares what the gate with a cache says with
 * what it says without.
 *
 * @throws Error with the edits that led to a difference
 */
export async function fuzzGate(
  rounds: number,
  seed: number,
  onRound?: (round: number) => void,
): Promise<GateFuzz> {
  return withFuzzedFleet(seed, async (repository, cache) => {
    const result: GateFuzz = { known: 0, evaluated: 0, verdicts: {} };
    for (let round = 0; round < rounds; round++) {
      const edits = repository.edit();
      const { cached, difference } = await compareGates(repository, cache);
      if (difference !== undefined) {
        throw new Error(`round ${round} of seed ${seed}, after ${edits.join("; ")}: ${difference}`);
      }
      for (const host of cached.hosts) {
        result[host.cached ? "known" : "evaluated"] += 1;
        result.verdicts[host.verdict] = (result.verdicts[host.verdict] ?? 0) + 1;
      }
      onRound?.(round);
    }
    return result;
  });
}
