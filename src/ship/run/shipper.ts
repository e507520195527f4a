import { setInterval } from "node:timers/promises";
import { FleetError, type Diagnostic } from "../../diagnostics/index.ts";
import type { Tail } from "../../pipeline/index.ts";
import type { Program } from "../../programs/index.ts";
import { fieldText } from "../journal/entry.ts";
import { loadConfiguration, type Configuration } from "./configuration.ts";
import { followFile } from "./file-follower.ts";
import { findFiles } from "./file-finder.ts";
import { Flow } from "./flow.ts";
import { followJournal, type JournalSettings } from "./journal-follower.ts";
import { convertLegacyPosition } from "./legacy-position.ts";
import type { Logger } from "./logger.ts";
import type { Metrics } from "./metrics.ts";
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
  readonly #flow: Flow;
  readonly #positions: PositionsStore;
  readonly #readers = new Readers((key, caught) =>
    this.#log.error("reading ended", { key, err: String(caught) }),
  );
  /** Components that do not work, and why. */
  readonly #problems = new Map<string, string>();
  readonly #ending = new AbortController();
  readonly #loops: Promise<void>[] = [];
  #journalctl: Program | undefined;
  #journals: ReadonlyMap<string, Read> = new Map();
  /** Loads of the configuration and looks at the files, one after the other. */
  #turn: Promise<unknown> = Promise.resolve();
  #running = false;

  constructor(options: ShipperOptions, { metrics, log }: { metrics: Metrics; log: Logger }) {
    this.#options = options;
    this.#metrics = metrics;
    this.#log = log;
    this.#outlets = new Outlets({ metrics, log });
    this.#flow = new Flow({ outlets: this.#outlets, metrics });
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
    this.#every(TICK, () => this.#flow.tick(this.#ending.signal));
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
    await this.#flow.flush(this.#ending.signal);
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

    this.#outlets.update(endpoints);
    this.#flow.replace(pipeline, this.#ending.signal);
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
    const { pipeline } = this.#flow;
    if (pipeline === undefined || pipeline.patterns.size === 0) return;
    pipeline.seeFiles(await findFiles(pipeline.patterns));
    await this.#syncReaders();
  }

  async #syncReaders(): Promise<void> {
    const files = (this.#flow.pipeline?.tails ?? []).map((tail): [string, Read] => [
      JSON.stringify([tail.component, tail.path, [...tail.labels]]),
      (signal) => this.#readFile(tail, signal),
    ]);
    await this.#readers.sync(new Map([...this.#journals, ...files]));
  }

  async #readJournal(settings: JournalSettings, signal: AbortSignal): Promise<void> {
    // Only a new start reads the last entry again; a reader that a reload starts goes on behind it.
    const rereads = !this.#running && isBefore119(this.#options.alloyVersion);
    const { component } = settings;
    const positions = await this.#positions.of(component);
    const key = cursorKey(component);
    const journalctl = this.#journalctl;
    if (journalctl === undefined) return;
    const log = this.#log.with({ component_path: "/", component_id: component });
    const options = { journalctl, cursor: positions.get(key), rereads, log, signal };
    await followJournal(
      settings,
      { ...options, health: (problem) => this.#health(component, problem) },
      async (raw) => {
        const taken = await this.#flow.takeEntry(component, raw, signal);
        const cursor = fieldText(raw, "__CURSOR");
        if (taken === "handed on" && cursor !== undefined) positions.put(key, cursor);
        return taken !== "refused";
      },
    );
    this.#problems.delete(component);
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
    await followFile(tail, { positions, signal }, (line) => this.#flow.takeLine(tail, line, signal));
    log.info("stopped tailing file");
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

/** Up to 1.18 the journal's reader begins with the entry at the cursor. */
function isBefore119(version: string): boolean {
  const [major = 0, minor = 0] = version.split(".").map(Number);
  return major < 1 || (major === 1 && minor < 19);
}

/** `config.alloy:3:1: the message`. */
function inOneLine({ message, span }: Diagnostic): string {
  return span === undefined ? message : `${span.file}:${span.start.line}:${span.start.column}: ${message}`;
}
