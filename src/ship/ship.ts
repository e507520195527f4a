import { ALLOY_VERSION, parse, type File } from "../alloy/index.ts";
import { FleetError, hasErrors, type Diagnostic } from "../diagnostics/index.ts";
import { baseUrl, Pusher, type LokiConnection, type PushPolicy } from "../loki/index.ts";
import {
  compile,
  isMalformed,
  parseJournalJson,
  type Dropped,
  type Outcome,
  type Sent,
} from "../pipeline/index.ts";
import { readEndpoints } from "./endpoints.ts";
import type { RawEntry } from "./journal/entry.ts";

export interface ShipOptions {
  /** The Alloy configuration; `file` is its name in diagnostics. */
  config: { file: string; text: string };
  /** What sys.env sees. */
  env: Readonly<Record<string, string | undefined>>;
  /** A Loki to push to in the place of the configuration's endpoints, without their credentials. */
  to?: { connection: LokiConnection; policy?: PushPolicy };
  /** A push URL in the place of each endpoint's; their credentials are kept. */
  url?: string;
  alloyVersion?: string;
  signal?: AbortSignal;
}

/** What became of the entries that were read. */
export interface ShipReport {
  /** Entries read. */
  read: number;
  /** Log lines that left a loki.write. */
  sent: number;
  /** Entries dropped on the way, by the stage that did it. */
  dropped: readonly DropCount[];
  /** Entries that could not be understood, the first of them among the diagnostics. */
  malformed: number;
  /** Entries that were no entries, arguments that the shipper leaves aside, and the like. */
  diagnostics: readonly Diagnostic[];
}

export interface DropCount {
  /** The component, `loki.process.journal`. */
  in: string;
  /** `stage.drop[1]`. */
  stage: string;
  reason: string;
  count: number;
}

/**
 * Ships journal entries as Alloy would with this configuration: through every loki.source.journal of it, and
 * what leaves a loki.write to that one's endpoints. max_age counts from now, as it does for Alloy. Memory does
 * not grow with the number of entries.
 *
 * @param entries one by one, or as pages: whole lines of what `journalctl -o json` prints, which is several times as
 * fast
 * @throws FleetError for a configuration that cannot be run, and `loki/rejected` or `loki/unreachable` when
 * Loki does not take the entries.
 */
export async function ship(
  entries: AsyncIterable<RawEntry | Buffer> | Iterable<RawEntry>,
  options: ShipOptions,
): Promise<ShipReport> {
  const { config, env } = options;
  const { file, diagnostics: syntax } = parse(config.file, config.text);
  const { pipeline, diagnostics: built } = compile(file, {
    alloyVersion: options.alloyVersion ?? ALLOY_VERSION,
    env,
    now: BigInt(Date.now()) * 1_000_000n,
  });
  if (pipeline === undefined || hasErrors(syntax)) throw new FleetError([...syntax, ...built], 1);
  const diagnostics = [...syntax, ...built];
  const outlets = new Outlets(file, options, diagnostics);
  const dropped = new Map<string, DropCount>();
  const settle = async (outcomes: readonly Outcome[]): Promise<void> => {
    for (const outcome of outcomes) {
      if (outcome.outcome === "sent") await outlets.send(outcome);
      else count(dropped, outcome);
    }
  };

  let read = 0;
  let malformed = 0;
  const reader = pipeline.journalReader();
  for await (const raw of entries) {
    options.signal?.throwIfAborted();
    const outcomes: Outcome[] = [];
    for (const entry of Buffer.isBuffer(raw) ? reader.read(raw) : [parseJournalJson(raw, read)]) {
      read += 1;
      if (!isMalformed(entry)) outcomes.push(...pipeline.pushJournal(entry, read - 1));
      else if (++malformed <= MALFORMED) diagnostics.push(entry);
    }
    await settle(outcomes);
  }
  await settle(pipeline.flush());
  await outlets.flush();
  return { read, sent: outlets.sent, dropped: [...dropped.values()], malformed, diagnostics };
}

/** Malformed entries that are named one by one. */
const MALFORMED = 20;

/** Where the outcomes go: for each loki.write its endpoints, or one Loki for all. */
class Outlets {
  sent = 0;
  readonly #all: Pusher | undefined;
  readonly #byComponent = new Map<string, Pusher[]>();

  constructor(file: File, { env, to, url, signal }: ShipOptions, diagnostics: Diagnostic[]) {
    if (to !== undefined) {
      this.#all = new Pusher(to.connection, to.policy);
      return;
    }
    const read = readEndpoints(file, env);
    diagnostics.push(...read.diagnostics);
    for (const { component, connection, policy } of read.endpoints) {
      const target = {
        ...connection,
        ...(url !== undefined && { url: baseUrl(url) }),
        ...(signal && { signal }),
      };
      const pusher = new Pusher(target, policy);
      this.#byComponent.set(component, [...(this.#byComponent.get(component) ?? []), pusher]);
    }
  }

  async send(outcome: Sent): Promise<void> {
    const { labels, line, structured_metadata, tenant } = outcome;
    const timestamp = outcome.timestamp ?? String(BigInt(Date.now()) * 1_000_000n);
    const pushers = this.#pushers(outcome.to);
    for (const pusher of pushers) await pusher.push({ labels, line, structured_metadata, tenant, timestamp });
    if (pushers.length > 0) this.sent += 1;
  }

  async flush(): Promise<void> {
    const pushers = this.#all === undefined ? [...this.#byComponent.values()].flat() : [this.#all];
    for (const pusher of pushers) await pusher.flush();
  }

  #pushers(component: string): readonly Pusher[] {
    return this.#all === undefined ? (this.#byComponent.get(component) ?? []) : [this.#all];
  }
}

function count(dropped: Map<string, DropCount>, { in: component, stage, reason }: Dropped): void {
  const key = JSON.stringify([component, stage, reason]);
  const known = dropped.get(key);
  if (known === undefined) dropped.set(key, { in: component, stage, reason, count: 1 });
  else known.count += 1;
}
