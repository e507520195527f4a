import type { Graph, GraphEdge, GraphNode } from "./model.ts";

/** A node with its place; `x` and `y` are of its upper left corner, in pixels. */
export interface Box {
  node: GraphNode;
  x: number;
  y: number;
  width: number;
  height: number;
}

export interface Layout {
  boxes: readonly Box[];
  edges: readonly GraphEdge[];
  width: number;
  height: number;
}

const GAP = 40;
const ROW_GAP = 64;
const MARGIN = 16;

/**
 * Places nodes in rows, each below all that lead to it; within a row in the order of those above. Of a circle, the edge
 * that closes it counts for nothing. The same graph gives the same places.
 */
export function layOut(
  { nodes, edges }: Graph,
  sizeOf: (node: GraphNode) => { width: number; height: number },
): Layout {
  const used = nodes.filter(({ id }) => edges.some(({ from, to }) => from === id || to === id));
  const shown = used.length === 0 ? nodes : used;
  const ranks = rank(shown, edges);
  const rows: GraphNode[][] = [];
  for (const node of shown) (rows[ranks.get(node.id) ?? 0] ??= []).push(node);
  sortRows(rows, edges);

  const sizes = new Map(shown.map((node) => [node.id, sizeOf(node)]));
  const size = (node: GraphNode): { width: number; height: number } =>
    sizes.get(node.id) ?? { width: 0, height: 0 };
  const widths = rows.map((row) => row.reduce((sum, node) => sum + size(node).width, GAP * (row.length - 1)));
  const width = Math.max(0, ...widths);
  const boxes: Box[] = [];
  let y = MARGIN;
  for (const [index, row] of rows.entries()) {
    let x = MARGIN + (width - (widths[index] ?? 0)) / 2;
    for (const node of row) {
      boxes.push({ node, x: Math.round(x), y, ...size(node) });
      x += size(node).width + GAP;
    }
    y += Math.max(...row.map((node) => size(node).height)) + ROW_GAP;
  }
  return { boxes, edges, width: width + 2 * MARGIN, height: Math.max(0, y - ROW_GAP) + MARGIN };
}

/** The length of the longest way to each node. */
function rank(nodes: readonly GraphNode[], edges: readonly GraphEdge[]): Map<string, number> {
  const ranks = new Map<string, number>();
  const open = new Set<string>();
  const before = Map.groupBy(edges, ({ to }) => to);
  const visit = (id: string): number => {
    const known = ranks.get(id);
    if (known !== undefined) return known;
    if (open.has(id)) return -1;
    open.add(id);
    const own = Math.max(-1, ...(before.get(id) ?? []).map(({ from }) => visit(from))) + 1;
    open.delete(id);
    ranks.set(id, own);
    return own;
  };
  for (const { id } of nodes) visit(id);
  return ranks;
}

/** Orders each row by the mean place of what leads to it from above, so that few edges cross. */
function sortRows(rows: readonly GraphNode[][], edges: readonly GraphEdge[]): void {
  const places = new Map<string, number>();
  for (const row of rows) {
    const mean = new Map(
      row.map(({ id }, index) => {
        const above = edges.filter(({ to }) => to === id).flatMap(({ from }) => places.get(from) ?? []);
        return [id, above.length === 0 ? index : above.reduce((sum, at) => sum + at, 0) / above.length];
      }),
    );
    row.sort((a, b) => (mean.get(a.id) ?? 0) - (mean.get(b.id) ?? 0));
    for (const [index, { id }] of row.entries()) places.set(id, index);
  }
}
