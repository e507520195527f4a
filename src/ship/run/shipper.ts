import { setInterval } from "node:timers/promises";
import { FleetError, type Diagnostic } from "../../diagnostics/index.ts";
import {
  isMalformed,
  parseJournalJson,
  type Outcome,
  type Pipeline,
  type Tail,
} from "../../pipeline/index.ts";
import type { Program } from "../../programs/index.ts";
import { fieldText, type RawEntry } from "../journal/entry.ts";
import { loadConfiguration, type Configuration } from "./configuration.ts";
import { followFile } from "./file-follower.ts";
import { findFiles } from "./file-finder.ts";
import { followJournal, type JournalSettings } from "./journal-follower.ts";
import { convertLegacyPosition } from "./legacy-position.ts";
import type { Logger } from "./logger.ts";
import { componentLabels, type Metrics } from "./metrics.ts";
import { Outlets } from "./outlets.ts";
import { cursorKey } from "./positions.ts";
import { PositionsStore } from "./positions-store.ts";
import { Readers, type Read } from "./readers.ts";

export interface ShipperOptions {
  /** A configuration file, or a directory of *.alloy files. */
  path: string;
  /** Where components keep their positions, Alloy's --storage.path. */
  storage: string;
  /** What sys.env sees. */
  env: Readonly<Record<string, string | undefined>>;
  alloyVersion: string;
  /** Called once, when a configuration reads a journal. */
  journalctl: () => Promise<Program>;
}

/** Milliseconds between two looks at which files there are, at what stages hold back, and savings of positions. */
const FILES = 10_000;
const TICK = 250;
const POSITIONS = 10_000;

/**
 * A configuration that runs: journals and files are followed from their positions, and what leaves the pipeline is
 * pushed. A reload changes what has changed and nothing else.
 */
export class Shipper {
  readonly #options: ShipperOptions;
  readonly #metrics: Metrics;
  readonly #log: Logger;
  readonly #outlets: Outlets;
  readonly #positions: PositionsStore;
  readonly #readers = new Readers((key, caught) =>
    this.#log.error("reading ended", { key, err: String(caught) }),
  );
  /** Components that do not work, and why. */
  readonly #problems = new Map<string, string>();
  readonly #ending = new AbortController();
  readonly #loops: Promise<void>[] = [];
  /** Entries on their way that no reader waits for. */
  readonly #loose = new Set<Promise<unknown>>();
  #journalctl: Program | undefined;
  #journals: ReadonlyMap<string, Read> = new Map();
  #pipeline: Pipeline | undefined;
  /** Loads of the configuration and looks at the files, one after the other. */
  #turn: Promise<unknown> = Promise.resolve();
  #running = false;

  constructor(options: ShipperOptions, { metrics, log }: { metrics: Metrics; log: Logger }) {
    this.#options = options;
    this.#metrics = metrics;
    this.#log = log;
    this.#outlets = new Outlets({ metrics, log });
    this.#positions = new PositionsStore(options.storage, log);
  }

  get ready(): boolean {
    return this.#running;
  }

  get unhealthy(): readonly string[] {
    return [...this.#problems.keys()];
  }

  /** @throws FleetError for a configuration or positions that cannot be used. */
  async start(): Promise<void> {
    await this.#inTurn(() => this.#load());
    this.#every(TICK, () => this.#loosely(this.#pipeline?.tick() ?? []));
    this.#every(FILES, () => this.#inTurn(() => this.#lookForFiles()));
    this.#every(POSITIONS, () => this.#positions.save());
    this.#running = true;
  }

  /**
   * Loads the configuration anew; one that is wrong changes nothing.
   *
   * @returns what is wrong with it
   */
  async reload(): Promise<string | undefined> {
    try {
      await this.#inTurn(() => this.#load());
      this.#log.info("config reloaded");
      return undefined;
    } catch (caught) {
      const err =
        caught instanceof FleetError ? caught.diagnostics.map(inOneLine).join("; ") : String(caught);
      this.#log.error("failed to reload config", { err });
      return err;
    }
  }

  /** Ends the reading, sends what is left as far as the queues' time allows, and saves the positions. */
  async stop(): Promise<void> {
    this.#running = false;
    this.#ending.abort();
    await this.#turn.catch(() => undefined);
    await Promise.all(this.#loops);
    await this.#readers.sync(new Map());
    this.#loosely(this.#pipeline?.flush() ?? []);
    await Promise.all(this.#loose);
    await this.#outlets.stop();
    await this.#positions.save();
  }

  async #load(): Promise<void> {
    try {
      await this.#apply(await loadConfiguration(this.#options.path, this.#options));
      this.#metrics.get("alloy_config_last_load_successful").set({}, 1);
    } catch (caught) {
      this.#metrics.get("alloy_config_last_load_successful").set({}, 0);
      this.#metrics.get("alloy_config_load_failures_total").add({});
      throw caught;
    }
  }

  /** Puts a configuration in the place of the one before; readers and queues whose settings stay go on. */
  async #apply({ pipeline, endpoints, journals, level, warnings }: Configuration): Promise<void> {
    // What stands in the way is found before anything is changed.
    for (const journal of journals) await this.#openPositions(journal);
    if (journals.length > 0) this.#journalctl ??= await this.#options.journalctl();
    pipeline.seeFiles(await findFiles(pipeline.patterns));
    this.#log.level = level;
    for (const one of warnings) this.#log.warn(inOneLine(one));

    const held = this.#pipeline?.flush() ?? [];
    this.#pipeline = pipeline;
    this.#outlets.update(endpoints);
    this.#loosely(held);
    this.#journals = new Map(
      journals.map((journal) => [JSON.stringify(journal), (signal) => this.#readJournal(journal, signal)]),
    );
    await this.#syncReaders();
  }

  async #openPositions({ component, legacyPosition }: JournalSettings): Promise<void> {
    const path = this.#positions.pathOf(component);
    const log = this.#log.with({ component_path: "/", component_id: component });
    if (legacyPosition !== undefined) await convertLegacyPosition(legacyPosition, { path, component, log });
    await this.#positions.of(component);
  }

  async #lookForFiles(): Promise<void> {
    if (this.#pipeline === undefined || this.#pipeline.patterns.size === 0) return;
    this.#pipeline.seeFiles(await findFiles(this.#pipeline.patterns));
    await this.#syncReaders();
  }

  async #syncReaders(): Promise<void> {
    const files = (this.#pipeline?.tails ?? []).map((tail): [string, Read] => [
      JSON.stringify([tail.component, tail.path, [...tail.labels]]),
      (signal) => this.#readFile(tail, signal),
    ]);
    await this.#readers.sync(new Map([...this.#journals, ...files]));
  }

  async #readJournal(settings: JournalSettings, signal: AbortSignal): Promise<void> {
    const { component } = settings;
    const positions = await this.#positions.of(component);
    const key = cursorKey(component);
    const journalctl = this.#journalctl;
    if (journalctl === undefined) return;
    const log = this.#log.with({ component_path: "/", component_id: component });
    // Only a new start reads the last entry again; a reader that a reload starts goes on behind it.
    const rereads = !this.#running && isBefore119(this.#options.alloyVersion);
    const options = { journalctl, cursor: positions.get(key), rereads, log, signal };
    await followJournal(
      settings,
      { ...options, health: (problem) => this.#health(component, problem) },
      async (raw) => {
        const taken = await this.#takeEntry(component, raw, signal);
        const cursor = fieldText(raw, "__CURSOR");
        if (taken === "handed on" && cursor !== undefined) positions.put(key, cursor);
        return taken !== "refused";
      },
    );
    this.#problems.delete(component);
  }

  /** What became of an entry: Alloy records positions only of those that its source handed on. */
  async #takeEntry(
    component: string,
    raw: RawEntry,
    signal: AbortSignal,
  ): Promise<"handed on" | "passed over" | "refused"> {
    const entry = parseJournalJson(raw, 0);
    const labels = componentLabels(component);
    const errors = this.#metrics.get("loki_source_journal_target_parsing_errors_total");
    if (isMalformed(entry)) {
      errors.add({ ...labels, error: "malformed" });
      return "passed over";
    }
    const outcomes = this.#pipeline?.pushJournal(entry, 0, component) ?? [];
    const dropped = outcomes.find((one) => one.outcome === "dropped" && one.in === component);
    if (dropped?.outcome === "dropped") {
      const cause = SOURCE_ERRORS[dropped.reason];
      if (cause !== undefined) errors.add({ ...labels, error: cause });
      return "passed over";
    }
    this.#metrics.get("loki_source_journal_target_lines_total").add(labels);
    return (await this.#deliver(outcomes, signal)) ? "handed on" : "refused";
  }

  async #readFile(tail: Tail, signal: AbortSignal): Promise<void> {
    const { component, path, format } = tail;
    const log = this.#log.with({ component_path: "/", component_id: component, path });
    if (format.compression !== undefined || format.encoding !== "") {
      log.error("a compressed or encoded file is not read by the embedded shipper");
      return;
    }
    const positions = await this.#positions.of(component);
    log.info("start tailing file");
    await followFile(tail, { positions, signal }, (line) => {
      this.#metrics.get("loki_source_file_read_lines_total").add({ ...componentLabels(component), path });
      return this.#deliver(this.#pipeline?.pushFileLine(path, line, 0, component) ?? [], signal);
    });
    log.info("stopped tailing file");
  }

  /** Hands outcomes on without anybody waiting for it. */
  #loosely(outcomes: readonly Outcome[]): void {
    if (outcomes.length === 0) return;
    const delivery = this.#deliver(outcomes, this.#ending.signal).finally(() => this.#loose.delete(delivery));
    this.#loose.add(delivery);
  }

  /** Puts what was sent into the queues and counts what was dropped; false when the signal came first. */
  async #deliver(outcomes: readonly Outcome[], signal: AbortSignal): Promise<boolean> {
    let whole = true;
    for (const outcome of outcomes) {
      if (outcome.outcome === "dropped") {
        const labels = { ...componentLabels(outcome.in), reason: outcome.reason };
        this.#metrics.get("loki_process_dropped_lines_total").add(labels);
        continue;
      }
      const { labels, line, structured_metadata, tenant } = outcome;
      const timestamp = outcome.timestamp ?? String(BigInt(Date.now()) * 1_000_000n);
      const entry = { labels, line, structured_metadata, tenant, timestamp };
      whole = (await this.#outlets.put(outcome.to, entry, signal)) && whole;
    }
    return whole;
  }

  #health(component: string, problem: string | undefined): void {
    if (problem === undefined) this.#problems.delete(component);
    else this.#problems.set(component, problem);
  }

  async #inTurn<T>(work: () => Promise<T>): Promise<T> {
    const done = this.#turn.catch(() => undefined).then(work);
    this.#turn = done;
    return done;
  }

  /** Does `work` again and again until the end; what goes wrong is an error in the log. */
  #every(period: number, work: () => Promise<void> | void): void {
    const careful = async (): Promise<void> => {
      try {
        await work();
      } catch (caught) {
        this.#log.error(String(caught));
      }
    };
    const loop = async (): Promise<void> => {
      for await (const again of setInterval(period, careful, { signal: this.#ending.signal })) await again();
    };
    // It ends by the signal, which it throws.
    this.#loops.push(loop().catch(() => undefined));
  }
}

/** What Alloy's metric calls the reasons for which a journal source hands an entry not on. */
const SOURCE_ERRORS: Readonly<Record<string, string>> = {
  no_message: "no_message",
  relabel_rules: "empty_labels",
  no_labels: "empty_labels",
};

/** Up to 1.18 the journal's reader begins with the entry at the cursor. */
function isBefore119(version: string): boolean {
  const [major = 0, minor = 0] = version.split(".").map(Number);
  return major < 1 || (major === 1 && minor < 19);
}

/** `config.alloy:3:1: the message`. */
function inOneLine({ message, span }: Diagnostic): string {
  return span === undefined ? message : `${span.file}:${span.start.line}:${span.start.column}: ${message}`;
}
