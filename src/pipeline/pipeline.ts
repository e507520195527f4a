import { fromUtf8 } from "./bytes.ts";
import type { FileFormat, FileSource } from "./components/file.ts";
import type { JournalSource } from "./components/journal.ts";
import type { JournalEntry } from "./journal.ts";
import type { Outcome } from "./outcome.ts";

/**
 * A compiled configuration. Entries are pushed one by one, and each push gives the outcomes that are settled by it:
 * usually those of the entry itself, later ones for entries that a stage holds back. State is kept per stream, as
 * the real stages keep it, so memory does not grow with the number of entries.
 */
export class Pipeline {
  readonly #outcomes: Outcome[];
  readonly #journals: readonly JournalSource[];
  readonly #files: readonly FileSource[];
  readonly #state: { newest: bigint };

  constructor(parts: {
    journals: readonly JournalSource[];
    files: readonly FileSource[];
    outcomes: Outcome[];
    state: { newest: bigint };
  }) {
    this.#journals = parts.journals;
    this.#files = parts.files;
    this.#outcomes = parts.outcomes;
    this.#state = parts.state;
  }

  /** The files, among those given to `compile`, that a source reads. */
  get paths(): ReadonlySet<string> {
    return new Set(this.#files.flatMap((source) => [...source.paths]));
  }

  /** How to read each of those files; of several sources that read one file, the first says. */
  get formats(): ReadonlyMap<string, FileFormat> {
    const formats = new Map<string, FileFormat>();
    for (const source of this.#files.toReversed())
      for (const path of source.paths) formats.set(path, source.format);
    return formats;
  }

  /** Gives an entry to every loki.source.journal. `index` is what outcomes have in `from`. */
  pushJournal(entry: JournalEntry, index: number): Outcome[] {
    if (entry.timestamp > this.#state.newest) this.#state.newest = entry.timestamp;
    for (const source of this.#journals) source.push(entry, index);
    return this.#settled();
  }

  /** Gives a line (text or UTF-8) without its line feed to every loki.source.file that reads the file. */
  pushFileLine(path: string, line: string | Uint8Array, index: number): Outcome[] {
    const text = typeof line === "string" ? line : fromUtf8(line);
    for (const source of this.#files) source.push(path, text, index);
    return this.#settled();
  }

  /** Lets go of what stages hold back (multiline, cri), as at the end of the input or when it pauses. */
  flush(): Outcome[] {
    for (const source of [...this.#journals, ...this.#files]) source.flush();
    return this.#settled();
  }

  #settled(): Outcome[] {
    return this.#outcomes.splice(0);
  }
}
