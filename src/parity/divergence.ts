import { blockName, parse, type Statement } from "../alloy/index.ts";
import type { AlloyText } from "./compare.ts";
import type { Outcome, Snapshot, TraceStep } from "../pipeline/index.ts";

/** A place that entries pass: a component, and the stage or rule in it. */
export interface StagePlace {
  in: string;
  stage: string;
}

/** Where two models part; undefined on the side that has nothing for what the other one does there. */
export interface Divergence {
  promtail: StagePlace | undefined;
  alloy: StagePlace | undefined;
}

/** How many stages or rules there are of each kind. */
export type Inventory = ReadonlyMap<string, number>;

/**
 * The first stage after which two traces of one entry are not the same. Stages that do nothing to the entry do not
 * count. When the traces agree to their end, it is the writer that makes the difference.
 */
export function firstDivergence(
  promtail: Outcome,
  alloy: Outcome,
  inventories: { promtail: Inventory; alloy: Inventory },
): Divergence {
  const [left, right] = [promtail.trace ?? [], alloy.trace ?? []];
  let [i, j] = [0, 0];
  for (;;) {
    const [one, other] = [left[i], right[j]];
    if (one === undefined && other === undefined) return { promtail: end(promtail), alloy: end(alloy) };
    if (one !== undefined && other !== undefined && kindOf(one) === kindOf(other)) {
      if (same(one.after, other.after)) {
        i += 1;
        j += 1;
        continue;
      }
      const [later, laterOther] = [skipTo(other, left, i), skipTo(one, right, j)];
      if (later === undefined && laterOther === undefined) return { promtail: one, alloy: other };
      i = later ?? i;
      j = laterOther ?? j;
    } else if (one !== undefined && isIdle(one)) i += 1;
    else if (other !== undefined && isIdle(other)) j += 1;
    else {
      const missing = one !== undefined && surplus(one, inventories) > 0;
      const extra = other !== undefined && surplus(other, inventories) < 0;
      if (extra === missing) return { promtail: one, alloy: other };
      return extra ? { promtail: undefined, alloy: other } : { promtail: one, alloy: undefined };
    }
  }
}

/** The step of `steps` that does what `wanted` does, when only idle steps of its kind stand before it. */
function skipTo(wanted: TraceStep, steps: readonly TraceStep[], from: number): number | undefined {
  for (let at = from; at < steps.length; at += 1) {
    const step = steps[at];
    if (step === undefined || kindOf(step) !== kindOf(wanted)) return undefined;
    if (same(step.after, wanted.after)) return at;
    if (!isIdle(step)) return undefined;
  }
  return undefined;
}

/** How many more stages of a kind promtail has. A trace cannot say: one that ends in a drop shows no later stage. */
function surplus(step: TraceStep, { promtail, alloy }: { promtail: Inventory; alloy: Inventory }): number {
  const kind = kindOf(step);
  return (promtail.get(kind) ?? 0) - (alloy.get(kind) ?? 0);
}

/** Counts the stages and rules of a configuration by their kind. */
export function inventoryOf({ name, text }: AlloyText): Inventory {
  const counts = new Map<string, number>();
  const count = (body: readonly Statement[], prefix: string): void => {
    for (const block of body) {
      if (block.kind !== "block") continue;
      const kind = blockName(block);
      const part = kind === "rule" || kind.startsWith("stage.");
      if (part) counts.set(prefix + kind, (counts.get(prefix + kind) ?? 0) + 1);
      count(block.body, part ? `${prefix}${kind}.` : prefix);
    }
  };
  count(parse(name, text).file.body, "");
  return counts;
}

/** What a step is, whatever its component is called and its number is: `loki.source.journal`, `rule`, `stage.drop`. */
function kindOf({ in: component, stage }: TraceStep): string {
  if (stage === component) return component.replace(/\.[^.]*$/, "");
  return stage.replace(/^.*\.(?=rule\[)/, "").replace(/\[\d+\]/g, "");
}

function isIdle({ before, after }: TraceStep): boolean {
  return same(before, after);
}

function same(left: Snapshot | undefined, right: Snapshot | undefined): boolean {
  return JSON.stringify(left) === JSON.stringify(right);
}

function end(outcome: Outcome): StagePlace {
  return outcome.outcome === "sent" ? { in: outcome.to, stage: outcome.to } : outcome;
}

/** `loki.process.journal stage.drop[1]`. */
export function placeText(place: StagePlace | undefined): string {
  if (place === undefined) return "nothing";
  return place.in === place.stage ? place.in : `${place.in} ${place.stage}`;
}
