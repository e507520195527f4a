/**
 * Finds the lines of offsets that mostly rise, as they do when a file is printed: most look-ups stay on the
 * line of the last one or go to the next.
 */
export class LineCursor {
  readonly #starts: number[] = [0];
  #line = 0;

  constructor(text: string) {
    for (let at = text.indexOf("\n"); at !== -1; at = text.indexOf("\n", at + 1)) this.#starts.push(at + 1);
    this.#starts.push(Number.POSITIVE_INFINITY);
  }

  /** The line of `offset`, from 1. */
  line(offset: number): number {
    if (!this.#isOn(this.#line, offset)) {
      this.#line = this.#isOn(this.#line + 1, offset) ? this.#line + 1 : this.#search(offset);
    }
    return this.#line + 1;
  }

  #isOn(line: number, offset: number): boolean {
    return (
      offset >= (this.#starts[line] ?? Number.POSITIVE_INFINITY) && offset < (this.#starts[line + 1] ?? 0)
    );
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
