/** What reads on until the signal is aborted. */
export type Read = (signal: AbortSignal) => Promise<void>;

interface Reader {
  stop: AbortController;
  done: Promise<void>;
}

/** Readers that run beside each other, each under a key that says all that it reads. */
export class Readers {
  readonly #running = new Map<string, Reader>();
  readonly #failed: (key: string, caught: unknown) => void;

  /** @param failed told of a reader that ended by an error; it is started again by the next `sync` that wants it */
  constructor(failed: (key: string, caught: unknown) => void) {
    this.#failed = failed;
  }

  /** Has exactly these read: ends the others and waits for them, leaves alone those that run, starts the rest. */
  async sync(wanted: ReadonlyMap<string, Read>): Promise<void> {
    const ending = [...this.#running].filter(([key]) => !wanted.has(key));
    for (const [, { stop }] of ending) stop.abort();
    await Promise.all(ending.map(([, { done }]) => done));
    for (const [key, read] of wanted) if (!this.#running.has(key)) this.#start(key, read);
  }

  #start(key: string, read: Read): void {
    const stop = new AbortController();
    const done = read(stop.signal)
      .catch((caught: unknown) => this.#failed(key, caught))
      .finally(() => this.#running.delete(key));
    this.#running.set(key, { stop, done });
  }
}
