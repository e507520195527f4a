import type { Outcome } from "../pipeline/index.ts";

/** What is left on either side of one input entry. */
export interface Imbalance {
  promtail: Outcome[];
  alloy: Outcome[];
}

/**
 * Weighs the outcomes of two models against each other as they come. What is equal on both sides is forgotten, so
 * that memory grows with the differences and with what stages hold back, not with the number of entries.
 */
export class Balance {
  readonly #open = new Map<string, { outcome: Outcome; surplus: number }>();

  /** How many outcomes have no counterpart so far. */
  get size(): number {
    return this.#open.size;
  }

  add(side: keyof Imbalance, outcomes: readonly Outcome[]): void {
    for (const outcome of outcomes) {
      const key = keyOf(outcome);
      const known = this.#open.get(key);
      const surplus = (known?.surplus ?? 0) + (side === "promtail" ? 1 : -1);
      if (surplus === 0) this.#open.delete(key);
      else this.#open.set(key, { outcome, surplus });
    }
  }

  /** What differs, by the first of the entries that an outcome is made of, in the order of those. */
  imbalances(): Map<number, Imbalance> {
    const byEntry = new Map<number, Imbalance>();
    const open = [...this.#open.values()].sort(
      (left, right) => firstOf(left.outcome) - firstOf(right.outcome),
    );
    for (const { outcome, surplus } of open) {
      const entry = byEntry.get(firstOf(outcome)) ?? { promtail: [], alloy: [] };
      entry[surplus > 0 ? "promtail" : "alloy"].push(outcome);
      byEntry.set(firstOf(outcome), entry);
    }
    return byEntry;
  }
}

/** The first entry that an outcome is made of. */
export function firstOf({ from }: Outcome): number {
  return from[0] ?? 0;
}

/** All that Loki sees of an outcome, and nothing else: where an entry was dropped, and why, is no difference. */
function keyOf(outcome: Outcome): string {
  if (outcome.outcome === "dropped") return JSON.stringify([outcome.from]);
  const { from, labels, timestamp, line, structured_metadata, tenant } = outcome;
  return JSON.stringify([from, labels, timestamp, line, structured_metadata, tenant]);
}
