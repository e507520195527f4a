import { placeText, type BehaviourDifference, type BehaviourReport } from "../../parity/index.ts";
import { renderOutcome, type Terminal } from "../explain/view.ts";

/** What the comparison of behaviour found, with both traces of the first entry of each difference. */
export function renderBehaviour(report: BehaviourReport, terminal: Terminal): string {
  const { entries, different, differences } = report;
  const allowed = differences.filter((one) => one.allowed !== undefined);
  const excused = allowed.reduce((sum, one) => sum + one.entries.length, 0);
  const first = `${entries} entries through both: ${entries - different} come out the same, ${different} do not`;
  const line = excused === 0 ? first : `${first} (${excused} of these may differ)`;
  return `${line}\n${differences.map((one) => renderDifference(one, terminal)).join("")}`;
}

function renderDifference(
  { stage, allowed, entries, example }: BehaviourDifference,
  terminal: Terminal,
): string {
  const numbers = entries.slice(0, SHOWN).map((entry) => `#${entry + 1}`);
  const more = entries.length > SHOWN ? ` and ${entries.length - SHOWN} more` : "";
  const why = allowed === undefined ? "" : "allowed (the programs differ): ";
  const places = `${placeText(stage.promtail)} -> ${placeText(stage.alloy)}`;
  const sides = (["promtail", "alloy"] as const).map((side) => {
    const outcome = example[side];
    return `${side}: ${outcome === undefined ? "nothing\n" : renderOutcome(outcome, terminal)}`;
  });
  return `\n${why}${places}: ${numbers.join(" ")}${more}\n${sides.join("")}`;
}

/** Entries that are named one by one. */
const SHOWN = 8;

export function behaviourJson({ ok, entries, different, differences }: BehaviourReport): unknown {
  return {
    ok,
    entries,
    different,
    differences: differences.map(({ stage, allowed, entries: indices, example, span }) => ({
      stage: { promtail: placeJson(stage.promtail), alloy: placeJson(stage.alloy) },
      allowed: allowed ?? null,
      entries: indices,
      example: { promtail: example.promtail ?? null, alloy: example.alloy ?? null },
      span: span ?? null,
    })),
  };
}

function placeJson(place: BehaviourDifference["stage"]["alloy"]): { in: string; stage: string } | null {
  return place === undefined ? null : { in: place.in, stage: place.stage };
}
