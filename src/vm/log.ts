/** A nested, timed account of a test: each line says how many seconds after the start it was written. */
export class TestLog {
  readonly #write: (line: string) => void;
  readonly #now: () => number;
  readonly #begun: number;
  #depth = 0;

  /** `now` gives milliseconds. */
  constructor(write: (line: string) => void, now: () => number = () => performance.now()) {
    this.#write = write;
    this.#now = now;
    this.#begun = now();
  }

  line(text: string): void {
    const seconds = this.#seconds(this.#begun).padStart(6);
    this.#write(`[${seconds}] ${"  ".repeat(this.#depth)}${text}`);
  }

  /** Logs when `work` begins and how long it took; what it logs is indented below. */
  async part<T>(name: string, work: () => Promise<T>): Promise<T> {
    this.line(name);
    const begun = this.#now();
    let ended = "failed";
    this.#depth += 1;
    try {
      const value = await work();
      ended = "done";
      return value;
    } finally {
      this.#depth -= 1;
      this.line(`${name}: ${ended} in ${this.#seconds(begun)} s`);
    }
  }

  #seconds(since: number): string {
    return ((this.#now() - since) / 1000).toFixed(1);
  }
}
