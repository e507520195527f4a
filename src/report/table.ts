import { stripVTControlCharacters } from "node:util";

/**
 * Rows as left-aligned columns, two spaces apart, the first row being the heading. The last column is cut to
 * fit `width` terminal columns; colour codes count as nothing. Ends with a line break.
 */
export function renderTable(rows: readonly (readonly string[])[], width = 110): string {
  const widths: number[] = [];
  for (const row of rows) {
    row.forEach((cell, column) => {
      widths[column] = Math.max(widths[column] ?? 0, columnsOf(cell));
    });
  }
  return rows.map((row) => `${renderRow(row, widths, width)}\n`).join("");
}

function renderRow(row: readonly string[], widths: readonly number[], width: number): string {
  let line = "";
  let used = 0;
  row.forEach((cell, column) => {
    const last = column === row.length - 1;
    const shown = last ? cut(cell, width - used) : cell;
    const gap = last ? 0 : (widths[column] ?? 0) - columnsOf(cell) + 2;
    line += shown + " ".repeat(gap);
    used += columnsOf(shown) + gap;
  });
  return line.trimEnd();
}

/** Cuts plain text to a width; coloured text is left alone, as a cut could lose the reset. */
function cut(cell: string, room: number): string {
  if (columnsOf(cell) <= room || room < 8 || stripVTControlCharacters(cell) !== cell) return cell;
  return `${Array.from(cell)
    .slice(0, room - 1)
    .join("")}…`;
}

function columnsOf(cell: string): number {
  return Array.from(stripVTControlCharacters(cell)).length;
}
