import type { Entry } from "./entry.ts";
import type { Outcome } from "./outcome.ts";
import { snapshot } from "./trace.ts";

/** Something that entries can be given to: a stage with all that follows it, a component, the end of a pipeline. */
export interface Receiver {
  push(entry: Entry): void;
  /** Hands on all that is being held back (multiline, cri), as at the end of the input. */
  flush(): void;
}

/** Why a stage let an entry go no further. */
export interface Drop {
  /** Alloy's `reason` label where it counts the drop, else a short name. */
  reason: string;
  /** For a person. */
  detail: string;
}

/** Work on one entry that needs no other: changes it in place, and drops it by returning why. */
export type Step = (entry: Entry) => Drop | undefined;

/** Where something happens: the component and the path inside it, as outcomes name them. */
export interface Place {
  component: string;
  stage: string;
}

/** Takes in the outcomes of a run. */
export interface Ledger {
  add(outcome: Outcome): void;
}

/** A receiver that does `step` and gives the entry to `next`, with its trace kept and drops entered in the ledger. */
export function stepReceiver(step: Step, place: Place, next: Receiver, ledger: Ledger): Receiver {
  return {
    push(entry) {
      const before = entry.trace && snapshot(entry);
      const drop = step(entry);
      if (drop !== undefined) {
        dropEntry(entry, drop, place, ledger);
        return;
      }
      if (before !== undefined) {
        entry.trace?.push({ in: place.component, stage: place.stage, before, after: snapshot(entry) });
      }
      next.push(entry);
    },
    flush: () => next.flush(),
  };
}

/** Enters a dropped entry in the ledger, the dropping stage as the last step of its trace. */
export function dropEntry(entry: Entry, drop: Drop, place: Place, ledger: Ledger): void {
  const trace = entry.trace && [
    ...entry.trace,
    { in: place.component, stage: place.stage, before: snapshot(entry), note: drop.detail },
  ];
  ledger.add({
    outcome: "dropped",
    from: entry.from,
    stage: place.stage,
    reason: drop.reason,
    detail: drop.detail,
    in: place.component,
    ...(trace && { trace }),
  });
}
