const TAB_WIDTH = 8;
const INDENTATIONS = Array.from({ length: 32 }, (_, depth) => "\t".repeat(depth));

/** A stretch of a line between two column marks. Cells are reused: a file has as many as tokens. */
interface Cell {
  text: string;
  /** Characters, as a reader counts them; of the last cell of a line, which belongs to no column, unknown. */
  width: number;
  /** True when a tab ended the cell, so that its column is kept even where it is empty. */
  hard: boolean;
  /** Trailing blanks of `text` before this index are kept. */
  keep: number;
  /** The column that the cell belongs to: neighbouring cells, one below the other, that get the same width. */
  column: Column;
}

interface Column {
  width: number;
  shown: boolean;
}

const NO_COLUMN: Column = { width: 0, shown: false };

/**
 * Lines up text in columns by elastic tabstops: cells that stand below each other without a gap get the width
 * of the widest, and a blank. Columns end with the section. Trailing blanks of lines are dropped.
 *
 * The rules are those of Go's text/tabwriter, with which the canonical form of Alloy is defined (empty columns
 * discarded, indentation by tabs).
 */
export class Aligner {
  readonly #out: string[] = [];
  /** The cells of the section so far, line after line; those from #used on are left over from earlier ones. */
  readonly #cells: Cell[] = [];
  #used = 0;
  /** Behind which cell each of the #lines lines of the section ends. */
  readonly #lineEnds: number[] = [];
  #lines = 0;
  #lineStart = 0;
  /** How many cells of the line are indentation and nothing else. */
  #indent = 0;
  #text = "";
  #keep = 0;
  /** True when the current cell may end in blanks that go when the line ends there. */
  #mayEndInBlanks = false;

  /** Adds text without tabs and line breaks to the current cell. */
  text(text: string): void {
    this.#text = this.#text === "" ? text : this.#text + text;
    const last = text.charCodeAt(text.length - 1);
    this.#mayEndInBlanks = last === 0x20 || last === 0x09;
  }

  /** Adds text in which the tabs and line breaks among `layout` act as `tab`, `column`, `newline` and `newSection` do. */
  interpreted(text: string, layout: RegExp): void {
    for (const part of text.split(layout)) {
      if (part === "\t") this.tab();
      else if (part === "\v") this.column();
      else if (part === "\n") this.newline();
      else if (part === "\f") this.newSection();
      else if (part !== "") this.text(part);
    }
  }

  /** Adds text in which nothing is interpreted and whose trailing blanks stay. */
  verbatim(text: string): void {
    this.#text += text;
    this.#keep = this.#text.length;
    this.#mayEndInBlanks = false;
  }

  /** Ends a cell of the indentation: its column stays even where it is empty. */
  tab(): void {
    if (this.#text === "" && this.#indent === this.#used - this.#lineStart) this.#indent++;
    this.#endCell(widthOf(this.#text), true);
  }

  /** Ends a cell; a column in which every cell is empty takes no room. */
  column(): void {
    this.#endCell(widthOf(this.#text), false);
  }

  /** Ends a line. One without columns ends the section too. */
  newline(): void {
    const single = this.#used === this.#lineStart;
    this.#endLine();
    if (single) this.#flush();
  }

  /** Ends a line and its section: nothing after it is aligned with what is before. */
  newSection(): void {
    // A line that is a section of its own and has no columns but its indentation needs no cells.
    if (this.#lineStart === 0 && this.#indent === this.#used) {
      const text = this.#trimmed();
      this.#out.push(text === "" ? "" : indentation(this.#indent) + text);
      this.#startSection();
      return;
    }
    this.#endLine();
    this.#flush();
  }

  /** All lines, the last one without a line break. */
  finish(): string {
    this.newSection();
    return this.#out.join("\n");
  }

  #endCell(width: number, hard: boolean): void {
    let cell = this.#cells[this.#used];
    if (cell === undefined) {
      cell = { text: "", width, hard, keep: 0, column: NO_COLUMN };
      this.#cells.push(cell);
    }
    this.#used++;
    cell.text = this.#text;
    cell.width = width;
    cell.hard = hard;
    cell.keep = this.#keep;
    this.#startCell();
  }

  #startCell(): void {
    this.#text = "";
    this.#keep = 0;
    this.#mayEndInBlanks = false;
  }

  #endLine(): void {
    const text = this.#trimmed();
    this.#text = text;
    this.#endCell(0, false);
    this.#lineEnds[this.#lines++] = this.#used;
    this.#lineStart = this.#used;
    this.#indent = 0;
  }

  /** The text of the last cell of a line. */
  #trimmed(): string {
    return this.#mayEndInBlanks ? trimEnd(this.#text, this.#keep) : this.#text;
  }

  #startSection(): void {
    this.#used = 0;
    this.#lines = 0;
    this.#lineStart = 0;
    this.#indent = 0;
    this.#startCell();
  }

  #flush(): void {
    this.#findColumns();
    let start = 0;
    for (let line = 0; line < this.#lines; line++) {
      const end = this.#lineEnds[line] ?? start;
      this.#out.push(this.#laidOut(start, end));
      start = end;
    }
    this.#startSection();
  }

  /** Gives each cell but the last of its line its column: that of the cell above, or a new one. */
  #findColumns(): void {
    let above = 0;
    let start = 0;
    for (let line = 0; line < this.#lines; line++) {
      const end = this.#lineEnds[line] ?? start;
      for (let at = start; at < end - 1; at++) {
        const cell = this.#cells[at];
        if (cell === undefined) break;
        const over = above + at - start;
        const column = over < start - 1 ? this.#cells[over]?.column : undefined;
        cell.column = column ?? { width: 0, shown: false };
        if (cell.width >= cell.column.width) cell.column.width = cell.width + 1;
        cell.column.shown ||= cell.width > 0 || cell.hard;
      }
      above = start;
      start = end;
    }
  }

  /** One line. Empty cells at its start are filled with tabs, others with blanks. */
  #laidOut(start: number, end: number): string {
    let text = "";
    let keep = 0;
    let atStart = true;
    // The last cell is trimmed already, and ends the line unless it is empty.
    let trimmed = false;
    for (let at = start; at < end; at++) {
      const cell = this.#cells[at];
      if (cell === undefined) break;
      atStart &&= cell.text === "";
      if (cell.keep > 0) keep = text.length + cell.keep;
      text += cell.text;
      trimmed = cell.text !== "";
      if (at === end - 1 || !cell.column.shown) continue;
      const { width } = cell.column;
      text += atStart ? indentation(Math.ceil(width / TAB_WIDTH)) : " ".repeat(width - cell.width);
    }
    return trimmed ? text : trimEnd(text, keep);
  }
}

function indentation(depth: number): string {
  return INDENTATIONS[depth] ?? "\t".repeat(depth);
}

/** The text without the blanks and tabs at its end, as far as they stand behind index `keep`. */
function trimEnd(text: string, keep: number): string {
  let end = text.length;
  while (end > keep && (text[end - 1] === " " || text[end - 1] === "\t")) end--;
  return end === text.length ? text : text.slice(0, end);
}

/** Characters in `text`; a surrogate pair is one. */
function widthOf(text: string): number {
  let width = text.length;
  for (let at = 0; at < text.length; at++) {
    const code = text.charCodeAt(at);
    if (code >= 0xdc00 && code < 0xe000) width--;
  }
  return width;
}
