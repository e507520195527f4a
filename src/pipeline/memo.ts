/** Results that are remembered; beyond that all are forgotten, so that memory stays bounded whatever the keys are. */
const REMEMBERED = 4096;

/**
 * Remembers what `work` made of each key. Most entries of a journal come from a few units: of a hundred thousand
 * label sets a few dozen are different.
 */
export class Memo<T> {
  readonly #results = new Map<string, T>();

  /** @param work depends on nothing that `key` does not say */
  of(key: string, work: () => T): T {
    const known = this.#results.get(key);
    if (known !== undefined) return known;
    if (this.#results.size >= REMEMBERED) this.#results.clear();
    const result = work();
    this.#results.set(key, result);
    return result;
  }
}
