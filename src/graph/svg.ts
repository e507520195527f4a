import type { Counts } from "./counts.ts";
import { layOut, type Box } from "./layout.ts";
import type { Graph, GraphEdge, GraphNode } from "./model.ts";

export interface SvgOptions {
  /** Names the graph: `modules/alloy/config.alloy`. */
  title: string;
  /** Left out: no figures. */
  counts?: Counts;
}

const CHARACTER = 7.3;
const PADDING = 12;
const HEAD = 30;
const LINE = 19;
const INDENT = 14;
/** Characters of a stage that are shown. */
const SHOWN = 64;

const STYLE = `
.fleet-graph { font: 12px ui-monospace, "DejaVu Sans Mono", Menlo, Consolas, monospace; background: #fff; }
.fleet-graph text { fill: #1b1f24; }
.fleet-graph .box { fill: #f6f8fa; stroke: #57606a; }
.fleet-graph .head { font-weight: 600; }
.fleet-graph .rule { stroke: #d0d7de; }
.fleet-graph .figure { fill: #0550ae; }
.fleet-graph .passed { paint-order: stroke; stroke: #fff; stroke-width: 5px; }
.fleet-graph .loss { fill: #a40e26; font-weight: 600; }
.fleet-graph .edge { fill: none; stroke: #57606a; stroke-width: 1.5; }
.fleet-graph .uses { stroke-dasharray: 4 4; }
.fleet-graph .tip { fill: #57606a; }
@media (prefers-color-scheme: dark) {
  .fleet-graph { background: #0d1117; }
  .fleet-graph text { fill: #e6edf3; }
  .fleet-graph .box { fill: #161b22; stroke: #8b949e; }
  .fleet-graph .rule { stroke: #30363d; }
  .fleet-graph .figure { fill: #79c0ff; }
  .fleet-graph .passed { stroke: #0d1117; }
  .fleet-graph .loss { fill: #ff9492; }
  .fleet-graph .edge { stroke: #8b949e; }
  .fleet-graph .tip { fill: #8b949e; }
}
`;

/**
 * A graph as a picture that stands alone: components with their stages from top to bottom, full edges where entries
 * pass, dashed ones where one component uses what another exports. The same graph gives the same text.
 */
export function renderSvg(graph: Graph, { title, counts }: SvgOptions): string {
  const layout = layOut(graph, (node) => sizeOf(node, counts));
  const { width, height } = layout;
  const boxes = new Map(layout.boxes.map((box) => [box.node.id, box]));
  const lines = [
    `<svg xmlns="http://www.w3.org/2000/svg" class="fleet-graph" role="img" aria-labelledby="fleet-graph-title fleet-graph-desc" ` +
      `width="${round(width)}" height="${round(height)}" viewBox="0 0 ${round(width)} ${round(height)}">`,
    `<title id="fleet-graph-title">${escape(`The pipeline of ${title}`)}</title>`,
    `<desc id="fleet-graph-desc">${escape(describe(graph, counts))}</desc>`,
    `<style>${STYLE}</style>`,
    `<defs><marker id="fleet-graph-tip" viewBox="0 0 8 8" refX="7" refY="4" markerWidth="8" markerHeight="8" orient="auto"><path class="tip" d="M0 0L8 4L0 8z"/></marker></defs>`,
    ...layout.edges.flatMap((edge) => edgeLine(edge, boxes)),
    ...(counts === undefined ? [] : layout.edges.flatMap((edge) => passedLine(edge, boxes, counts))),
    ...layout.boxes.flatMap((box) => boxLines(box, counts)),
    "</svg>",
  ];
  return `${lines.join("\n")}\n`;
}

/** The graph in words, for who cannot see it. */
function describe({ edges, nodes }: Graph, counts: Counts | undefined): string {
  const flows = edges
    .filter(({ entries }) => entries)
    .map((edge) => {
      const passed = counts?.edges.get(`${edge.from} ${edge.to}`);
      return `${edge.from} forwards ${counts === undefined ? "" : `${passed ?? 0} entries `}to ${edge.to}`;
    });
  const stages = nodes.reduce((sum, node) => sum + node.stages.length, 0);
  const figures =
    counts === undefined ? "" : ` ${counts.entries} entries: ${counts.sent} sent, ${counts.dropped} dropped.`;
  return `${nodes.length} components with ${stages} stages and rules.${figures} ${flows.join("; ")}.`;
}

function sizeOf(node: GraphNode, counts: Counts | undefined): { width: number; height: number } {
  const widest = Math.max(
    node.id.length,
    ...node.stages.map((stage) => {
      const figures = figuresOf(node, stage.path, counts);
      return (
        (stage.depth * INDENT) / CHARACTER +
        cut(stage.text).length +
        (figures === "" ? 0 : figures.length + 3)
      );
    }),
  );
  const rows = node.stages.length * LINE;
  return {
    width: Math.ceil(widest * CHARACTER + 2 * PADDING),
    height: HEAD + (rows === 0 ? 0 : rows + 8),
  };
}

function boxLines({ node, x, y, width, height }: Box, counts: Counts | undefined): string[] {
  const lines = [
    `<g>`,
    `<rect class="box" x="${x}" y="${y}" width="${width}" height="${height}" rx="6"/>`,
    `<text class="head" x="${x + PADDING}" y="${y + 20}">${escape(node.id)}</text>`,
  ];
  if (node.stages.length > 0) lines.push(`<path class="rule" d="M${x} ${y + HEAD}H${x + width}"/>`);
  for (const [index, { path, text, depth }] of node.stages.entries()) {
    const at = y + HEAD + 16 + index * LINE;
    const left = x + PADDING + depth * INDENT;
    const full = cut(text) === text ? "" : `<title>${escape(text)}</title>`;
    lines.push(`<text x="${left}" y="${at}">${escape(cut(text))}${full}</text>`);
    const figures = figuresOf(node, path, counts);
    if (figures === "") continue;
    const loss = (counts?.stages.get(`${node.id} ${path}`)?.dropped ?? 0) > 0;
    lines.push(
      `<text class="${loss ? "loss" : "figure"}" x="${x + width - PADDING}" y="${at}" text-anchor="end">${figures}</text>`,
    );
  }
  return [...lines, "</g>"];
}

/** How many entries came to a stage, and what it dropped: `41`, `45 −3`. */
function figuresOf(node: GraphNode, path: string, counts: Counts | undefined): string {
  const stage = counts?.stages.get(`${node.id} ${path}`);
  if (stage === undefined) return "";
  return stage.dropped === 0 ? String(stage.came) : `${stage.came} −${stage.dropped}`;
}

type Boxes = ReadonlyMap<string, Box>;

/** Where an edge begins and ends; undefined where a node is not drawn. */
function ends(
  { from, to }: GraphEdge,
  boxes: Boxes,
): { x1: number; y1: number; x2: number; y2: number } | undefined {
  const [start, end] = [boxes.get(from), boxes.get(to)];
  if (start === undefined || end === undefined) return undefined;
  return { x1: start.x + start.width / 2, y1: start.y + start.height, x2: end.x + end.width / 2, y2: end.y };
}

function edgeLine(edge: GraphEdge, boxes: Boxes): string[] {
  const found = ends(edge, boxes);
  if (found === undefined) return [];
  const { x1, y1, x2, y2 } = found;
  const bend = Math.max(24, (y2 - y1) / 2);
  const points = [x1, y1 + bend, x2, y2 - bend, x2, y2 - 1].map(round).join(" ");
  const style = edge.entries ? "edge" : "edge uses";
  return [
    `<path class="${style}" marker-end="url(#fleet-graph-tip)" d="M${round(x1)} ${round(y1)}C${points}"/>`,
  ];
}

function passedLine(edge: GraphEdge, boxes: Boxes, counts: Counts): string[] {
  const found = ends(edge, boxes);
  if (found === undefined || !edge.entries) return [];
  const { x1, y1, x2, y2 } = found;
  const passed = counts.edges.get(`${edge.from} ${edge.to}`) ?? 0;
  const [x, y] = [round((x1 + x2) / 2 + 10), round((y1 + y2) / 2 + 4)];
  return [`<text class="figure passed" x="${x}" y="${y}">${passed} entries</text>`];
}

function cut(text: string): string {
  const plain = text.replace(/\s+/g, " ");
  return plain.length > SHOWN ? `${plain.slice(0, SHOWN - 1)}…` : plain;
}

function round(value: number): string {
  return String(Math.round(value * 10) / 10);
}

function escape(text: string): string {
  const entities: Readonly<Record<string, string>> = {
    "<": "&lt;",
    ">": "&gt;",
    "&": "&amp;",
    '"': "&quot;",
  };
  return text
    .toWellFormed()
    .replace(/[\u0000-\u0008\u000b\u000c\u000e-\u001f\ufffe\uffff]/g, "\ufffd")
    .replace(/[<>&"]/g, (char) => entities[char] ?? char);
}
