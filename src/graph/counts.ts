import type { Outcome } from "../pipeline/index.ts";
import type { Graph } from "./model.ts";

/** How many entries passed where. */
export interface Counts {
  entries: number;
  sent: number;
  dropped: number;
  /** By `FROM TO`. */
  edges: ReadonlyMap<string, number>;
  /** By `COMPONENT STAGE`: entries that came to a stage, and those that it dropped. */
  stages: ReadonlyMap<string, { came: number; dropped: number }>;
}

/** Counts each entry once on each edge and stage that it passes, however many ways lead there. Outcomes need a trace. */
export function countEntries({ edges, nodes }: Graph, outcomes: readonly Outcome[]): Counts {
  const onEdge = new Map<string, Set<number>>();
  const onStage = new Map<string, { came: Set<number>; dropped: Set<number> }>();
  const next = Map.groupBy(
    edges.filter((edge) => edge.entries),
    ({ from }) => from,
  );
  // A component that does nothing to an entry leaves no step in its trace, nor does a stage.match that does not match.
  const quiet = new Set(
    nodes
      .filter(({ stages }) => stages.every(({ path }) => path.startsWith("stage.match")))
      .map(({ id }) => id),
  );
  for (const outcome of outcomes) {
    const { from, trace = [] } = outcome;
    const stops = trace.map((step) => step.in);
    if (outcome.outcome === "sent") stops.push(outcome.to);
    for (const [index, stop] of stops.entries()) {
      const before = stops[index - 1];
      if (before === undefined || before === stop) continue;
      const onward = (id: string): string[] =>
        id === before || quiet.has(id) ? (next.get(id) ?? []).map(({ to }) => to) : [];
      for (const edge of way(before, stop, onward)) add(onEdge, edge, from);
    }
    for (const step of trace) {
      const key = `${step.in} ${step.stage}`;
      const stage = onStage.get(key) ?? { came: new Set<number>(), dropped: new Set<number>() };
      onStage.set(key, stage);
      for (const index of from) {
        stage.came.add(index);
        if (step.after === undefined) stage.dropped.add(index);
      }
    }
  }
  const all = new Set(outcomes.flatMap(({ from }) => from));
  const sent = new Set(outcomes.filter(({ outcome }) => outcome === "sent").flatMap(({ from }) => from));
  return {
    entries: all.size,
    sent: sent.size,
    dropped: all.size - sent.size,
    edges: new Map([...onEdge].map(([edge, indices]) => [edge, indices.size])),
    stages: new Map(
      [...onStage].map(([key, { came, dropped }]) => [key, { came: came.size, dropped: dropped.size }]),
    ),
  };
}

function add(sets: Map<string, Set<number>>, key: string, values: readonly number[]): void {
  const set = sets.get(key) ?? new Set();
  sets.set(key, set);
  for (const value of values) set.add(value);
}

/** The edges of a shortest way; none where there is no way. */
function way(from: string, to: string, next: (id: string) => readonly string[]): string[] {
  const cameFrom = new Map<string, string>();
  const open = [from];
  for (const at of open) {
    if (at === to) break;
    for (const one of next(at)) {
      if (one === from || cameFrom.has(one)) continue;
      cameFrom.set(one, at);
      open.push(one);
    }
  }
  const edges: string[] = [];
  for (let at = to; at !== from;) {
    const before = cameFrom.get(at);
    if (before === undefined) return [];
    edges.unshift(`${before} ${at}`);
    at = before;
  }
  return edges;
}
