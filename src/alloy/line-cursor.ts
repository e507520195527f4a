/**
 * Finds the lines of offsets that mostly rise, as they do when a file is printed: most look-ups stay on the
 * line of the last one or go to the next.
 */
export class LineCursor {
  /** Where each line starts, and one more start behind the text. */
  readonly #starts: number[] = [0];
  #line = 0;
  #from = 0;
  #to: number;

  constructor(text: string) {
    for (let at = text.indexOf("\n"); at !== -1; at = text.indexOf("\n", at + 1)) this.#starts.push(at + 1);
    this.#starts.push(text.length + 1);
    this.#to = this.#starts[1] ?? 0;
  }

  /** The line of `offset`, from 1. */
  line(offset: number): number {
    if (offset < this.#from || offset >= this.#to) this.#goTo(offset);
    return this.#line + 1;
  }

  #goTo(offset: number): void {
    const next = this.#starts[this.#line + 2] ?? 0;
    this.#line = offset >= this.#to && offset < next ? this.#line + 1 : this.#search(offset);
    this.#from = this.#starts[this.#line] ?? 0;
    this.#to = this.#starts[this.#line + 1] ?? 0;
  }

  #search(offset: number): number {
    let low = 0;
    let high = this.#starts.length - 2;
    while (low < high) {
      const middle = (low + high + 1) >> 1;
      if ((this.#starts[middle] ?? 0) <= offset) low = middle;
      else high = middle - 1;
    }
    return low;
  }
}
