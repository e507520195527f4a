import { fromUtf8 } from "./bytes.ts";
import type { FileFormat, FileSource } from "./components/file.ts";
import type { JournalSource } from "./components/journal.ts";
import { Entry } from "./entry.ts";
import type { JournalEntry } from "./journal/entry.ts";
import { JournalReader } from "./journal/reader.ts";
import type { Outcome } from "./outcome.ts";
import type { Receiver } from "./receiver.ts";

/** An entry as another component would hand it on. */
export interface PlainEntry {
  line: string;
  /** Nanoseconds since 1970, or null for the time of reading. */
  timestamp: bigint | null;
  labels: ReadonlyMap<string, string>;
  structuredMetadata: ReadonlyMap<string, string>;
}

/** A file that a loki.source.file reads. */
export interface Tail {
  /** `loki.source.file.pods`. */
  component: string;
  path: string;
  /** Those of its target, `filename` among them. */
  labels: ReadonlyMap<string, string>;
  format: FileFormat;
  /** True when what the file already holds is not for reading. */
  fromEnd: boolean;
}

/**
 * A compiled configuration. Entries are pushed one by one, and each push gives the outcomes that are settled by it:
 * usually those of the entry itself, later ones for entries that a stage holds back. State is kept per stream, as
 * the real stages keep it, so memory does not grow with the number of entries.
 */
export class Pipeline {
  readonly #outcomes: Outcome[];
  readonly #journals: readonly JournalSource[];
  readonly #files: readonly FileSource[];
  readonly #receivers: ReadonlyMap<string, Receiver>;
  readonly #trace: boolean;
  readonly #state: { newest: bigint };
  readonly #timers: readonly (() => void)[];
  readonly #patterns: ReadonlySet<string>;
  readonly #fields: ReadonlySet<string>;
  readonly #seeFiles: (files: readonly string[]) => void;

  constructor(parts: {
    journals: readonly JournalSource[];
    files: readonly FileSource[];
    receivers: ReadonlyMap<string, Receiver>;
    trace: boolean;
    outcomes: Outcome[];
    state: { newest: bigint };
    timers: readonly (() => void)[];
    patterns: ReadonlySet<string>;
    fields: ReadonlySet<string>;
    seeFiles: (files: readonly string[]) => void;
  }) {
    this.#journals = parts.journals;
    this.#files = parts.files;
    this.#receivers = parts.receivers;
    this.#trace = parts.trace;
    this.#outcomes = parts.outcomes;
    this.#state = parts.state;
    this.#timers = parts.timers;
    this.#patterns = parts.patterns;
    this.#fields = parts.fields;
    this.#seeFiles = parts.seeFiles;
  }

  /** The files, among those given to `compile`, that a source reads. */
  get paths(): ReadonlySet<string> {
    return new Set(this.#files.flatMap((source) => [...source.targets.keys()]));
  }

  /** What each loki.source.file reads: every file once, with the labels of its first target. */
  get tails(): readonly Tail[] {
    return this.#files.flatMap(({ id, targets, format, fromEnd }) =>
      [...targets].map(([path, [labels = new Map()]]) => ({ component: id, path, labels, format, fromEnd })),
    );
  }

  /** The paths and globs that files are looked for with. */
  get patterns(): ReadonlySet<string> {
    return this.#patterns;
  }

  /** Tells which files the machine has by now, as `files` did for `compile`. */
  seeFiles(files: readonly string[]): void {
    this.#seeFiles(files);
  }

  /** How to read each of those files; of several sources that read one file, the first says. */
  get formats(): ReadonlyMap<string, FileFormat> {
    const formats = new Map<string, FileFormat>();
    for (const source of this.#files.toReversed())
      for (const path of source.targets.keys()) formats.set(path, source.format);
    return formats;
  }

  /** A reader of journal lines for `pushJournal` that takes out of them what this pipeline looks at. */
  journalReader(): JournalReader {
    return new JournalReader(this.#fields);
  }

  /**
   * Gives an entry to every loki.source.journal, or only to the one named `component`. `index` is what outcomes have
   * in `from`.
   */
  pushJournal(entry: JournalEntry, index: number, component?: string): Outcome[] {
    if (entry.timestamp > this.#state.newest) this.#state.newest = entry.timestamp;
    for (const source of this.#journals) if (isMeant(source, component)) source.push(entry, index);
    return this.#settled();
  }

  /**
   * Gives a line (text or UTF-8) without its line feed to every loki.source.file that reads the file, or only to the
   * one named `component`.
   */
  pushFileLine(path: string, line: string | Uint8Array, index: number, component?: string): Outcome[] {
    const text = typeof line === "string" ? line : fromUtf8(line);
    for (const source of this.#files) if (isMeant(source, component)) source.push(path, text, index);
    return this.#settled();
  }

  /** Lets go of what stages have held back for as long as they may: to be called now and then while it runs on. */
  tick(): Outcome[] {
    for (const work of this.#timers) work();
    return this.#settled();
  }

  /** The components that `pushEntry` can give entries to. */
  get components(): readonly string[] {
    return [...this.#receivers.keys()];
  }

  /** Gives an entry to a component as if another had forwarded it; a component that is not there gets nothing. */
  pushEntry(component: string, entry: PlainEntry, index: number): Outcome[] {
    const { line, timestamp } = entry;
    if (timestamp !== null && timestamp > this.#state.newest) this.#state.newest = timestamp;
    const pushed = new Entry({ line, timestamp, labels: new Map(entry.labels), from: [index] }, this.#trace);
    pushed.structuredMetadata = new Map(entry.structuredMetadata);
    this.#receivers.get(component)?.push(pushed);
    return this.#settled();
  }

  /** Lets go of what stages hold back (multiline, cri), as at the end of the input or when it pauses. */
  flush(): Outcome[] {
    for (const one of [...this.#journals, ...this.#files, ...this.#receivers.values()]) one.flush();
    return this.#settled();
  }

  #settled(): Outcome[] {
    return this.#outcomes.splice(0);
  }
}

function isMeant(source: { id: string }, component: string | undefined): boolean {
  return component === undefined || source.id === component;
}
