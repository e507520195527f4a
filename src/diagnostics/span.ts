/** A place in a text. `line` and `column` start at 1; `column` and `offset` count UTF-16 code units. */
export interface Position {
  line: number;
  column: number;
  offset: number;
}

/** A stretch of a file, `end` exclusive. `file` is relative to the repository where the file is inside it. */
export interface Span {
  file: string;
  start: Position;
  end: Position;
}

/**
 * Turns offsets into lines and columns for one text. Built once per file: the line starts are found in one
 * pass, and each look-up is a binary search.
 */
export class LineIndex {
  readonly file: string;
  readonly text: string;
  readonly #starts: number[] = [0];

  constructor(file: string, text: string) {
    this.file = file;
    this.text = text;
    for (let at = text.indexOf("\n"); at !== -1; at = text.indexOf("\n", at + 1)) this.#starts.push(at + 1);
  }

  /** The position of `offset`; offsets beyond the text give its end. */
  position(offset: number): Position {
    const clamped = Math.max(0, Math.min(offset, this.text.length));
    let low = 0;
    let high = this.#starts.length - 1;
    while (low < high) {
      const middle = (low + high + 1) >> 1;
      if ((this.#starts[middle] ?? 0) <= clamped) low = middle;
      else high = middle - 1;
    }
    return { line: low + 1, column: clamped - (this.#starts[low] ?? 0) + 1, offset: clamped };
  }

  /** The span from `start` to `end`, both offsets, `end` exclusive. */
  span(start: number, end: number): Span {
    return { file: this.file, start: this.position(start), end: this.position(Math.max(start, end)) };
  }

  /** The text of a line (1-based) without its line break; empty when there is no such line. */
  line(number: number): string {
    const start = this.#starts[number - 1];
    if (start === undefined) return "";
    const next = this.#starts[number];
    return this.text.slice(start, next === undefined ? undefined : next - 1).replace(/\r$/, "");
  }
}
