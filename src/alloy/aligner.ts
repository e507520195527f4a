/** A stretch of a line between two column marks. */
interface Cell {
  text: string;
  /** Characters, as a reader counts them. */
  width: number;
  /** True when a tab ended the cell, so that its column is kept even where it is empty. */
  hard: boolean;
  /** Trailing blanks of `text` before this index are kept. */
  keep: number;
}

/** Neighbouring cells, one below the other, that get the same width. */
interface Column {
  width: number;
  shown: boolean;
}

const INDENTATION: Cell = { text: "", width: 0, hard: true, keep: 0 };
const TAB_WIDTH = 8;

/**
 * Lines up text in columns by elastic tabstops: cells that stand below each other without a gap get the width
 * of the widest, and a blank. Columns end with the section. Trailing blanks of lines are dropped.
 *
 * The rules are those of Go's text/tabwriter, with which the canonical form of Alloy is defined (empty columns
 * discarded, indentation by tabs).
 */
export class Aligner {
  #out = "";
  #section: Cell[][] = [];
  #line: Cell[] = [];
  #text = "";
  #keep = 0;

  /** Adds text without tabs and line breaks to the current cell. */
  text(text: string): void {
    this.#text += text;
  }

  /** Adds text in which tabs and line breaks act as `tab`, `column`, `newline` and `newSection` do. */
  interpreted(text: string): void {
    for (const part of text.split(/([\t\v\n\f])/)) {
      if (part === "\t") this.tab();
      else if (part === "\v") this.column();
      else if (part === "\n") this.newline();
      else if (part === "\f") this.newSection();
      else this.#text += part;
    }
  }

  /** Adds text in which nothing is interpreted and whose trailing blanks stay. */
  verbatim(text: string): void {
    this.#text += text;
    this.#keep = this.#text.length;
  }

  /** Ends a cell of the indentation: its column stays even where it is empty. */
  tab(): void {
    if (this.#text === "") this.#line.push(INDENTATION);
    else this.#endCell(true);
  }

  /** Ends a cell; a column in which every cell is empty takes no room. */
  column(): void {
    this.#endCell(false);
  }

  /** Ends a line. One without columns ends the section too. */
  newline(): void {
    const single = this.#line.length === 0;
    this.#endLine();
    if (single) this.#flush();
  }

  /** Ends a line and its section: nothing after it is aligned with what is before. */
  newSection(): void {
    this.#endLine();
    this.#flush();
  }

  /** All lines, the last one without a line break. */
  finish(): string {
    this.#endLine();
    this.#flush();
    return this.#out.slice(0, -1);
  }

  #endCell(hard: boolean): void {
    this.#line.push({ text: this.#text, width: widthOf(this.#text), hard, keep: this.#keep });
    this.#text = "";
    this.#keep = 0;
  }

  #endLine(): void {
    this.#endCell(false);
    this.#section.push(this.#line);
    this.#line = [];
  }

  #flush(): void {
    const section = this.#section;
    if (section.length === 1) {
      this.#out += layOutAlone(section[0] ?? []);
      section.length = 0;
      return;
    }
    const columns = columnsOf(section);
    for (let at = 0; at < section.length; at++) this.#out += layOut(section[at] ?? [], columns[at] ?? []);
    section.length = 0;
  }
}

/** For each line the columns of its cells but the last, which belongs to none. */
function columnsOf(section: readonly (readonly Cell[])[]): Column[][] {
  let above: Column[] = [];
  return section.map((line) => {
    const columns: Column[] = [];
    for (let at = 0; at < line.length - 1; at++) {
      const cell = line[at] ?? INDENTATION;
      const column = above[at] ?? { width: 0, shown: false };
      if (cell.width >= column.width) column.width = cell.width + 1;
      column.shown ||= cell.width > 0 || cell.hard;
      columns.push(column);
    }
    above = columns;
    return columns;
  });
}

/** A line that is a section of its own: nothing to line up with, so that most need no columns. */
function layOutAlone(line: readonly Cell[]): string {
  const last = line.at(-1) ?? INDENTATION;
  for (let at = 0; at < line.length - 1; at++) {
    if (line[at] !== INDENTATION) return layOut(line, columnsOf([line])[0] ?? []);
  }
  const indent = "\t".repeat(line.length - 1);
  const text = trimEnd(last.text, last.keep);
  return text === "" ? "\n" : `${indent}${text}\n`;
}

/** One line with its line break. Empty cells at its start are filled with tabs, others with blanks. */
function layOut(line: readonly Cell[], columns: readonly Column[]): string {
  let text = "";
  let keep = 0;
  let indentation = true;
  for (const [at, cell] of line.entries()) {
    indentation &&= cell.text === "";
    if (cell.keep > 0) keep = text.length + cell.keep;
    text += cell.text;
    const column = columns[at];
    if (column?.shown !== true) continue;
    text += indentation
      ? "\t".repeat(Math.ceil(column.width / TAB_WIDTH))
      : " ".repeat(column.width - cell.width);
  }
  return `${trimEnd(text, keep)}\n`;
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
