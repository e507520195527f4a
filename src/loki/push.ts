import { setTimeout as sleep } from "node:timers/promises";
import { error, FleetError } from "../diagnostics/index.ts";
import { call, type Answer, type LokiConnection } from "./connection.ts";

/** A log entry as Loki takes it. */
export interface LokiEntry {
  labels: Readonly<Record<string, string>>;
  /** Nanoseconds since 1970 in decimal. */
  timestamp: string;
  line: string;
  structured_metadata: Readonly<Record<string, string>>;
  /** The tenant of this entry; null: the connection's. */
  tenant: string | null;
}

/** Batching and retries. What is left out is as loki.write has it by default. */
export interface PushPolicy {
  /** Bytes of lines and structured metadata in one request: 1 MiB. */
  batchSize?: number;
  /** Milliseconds before the first retry: 500. */
  minBackoff?: number;
  /** Milliseconds between retries at most: 5 minutes. */
  maxBackoff?: number;
  /** Tries of one batch in all; 0 is without end: 10. */
  maxRetries?: number;
  /** Whether "too many requests" is tried again: true. */
  retryOnTooMany?: boolean;
}

/**
 * Pushes entries to one Loki in batches, in the order in which they come. Server errors, lost connections and
 * "too many requests" are tried again with growing pauses; what Loki refuses otherwise is an error.
 */
export class Pusher {
  readonly #connection: LokiConnection;
  readonly #policy: Required<PushPolicy>;
  readonly #batches = new Map<string, Batch>();
  #sent = 0;

  constructor(connection: LokiConnection, policy: PushPolicy = {}) {
    this.#connection = connection;
    this.#policy = {
      batchSize: 1024 * 1024,
      minBackoff: 500,
      maxBackoff: 300_000,
      maxRetries: 10,
      retryOnTooMany: true,
      ...policy,
    };
  }

  /** Entries that Loki has accepted. */
  get sent(): number {
    return this.#sent;
  }

  /**
   * Adds an entry; sends the batch first when the entry would make it too large.
   *
   * @throws FleetError `loki/rejected`, `loki/unreachable`.
   */
  async push(entry: LokiEntry): Promise<void> {
    const tenant = entry.tenant ?? "";
    const bytes = entrySize(entry);
    let batch = this.#batches.get(tenant);
    if (batch !== undefined && batch.bytes + bytes > this.#policy.batchSize) {
      await this.#send(tenant, batch);
      batch = undefined;
    }
    if (batch === undefined) {
      batch = new Batch();
      this.#batches.set(tenant, batch);
    }
    batch.add(entry, bytes);
  }

  /** Sends what is waiting. Throws as `push` does. */
  async flush(): Promise<void> {
    for (const [tenant, batch] of [...this.#batches]) await this.#send(tenant, batch);
  }

  async #send(tenant: string, batch: Batch): Promise<void> {
    this.#batches.delete(tenant);
    const json = batch.json();
    for (let tries = 1; ; tries += 1) {
      const outcome = await this.#try(tenant, json);
      if (outcome === "accepted") break;
      const last = this.#policy.maxRetries !== 0 && tries >= this.#policy.maxRetries;
      if (last || !outcome.again) throw outcome.failure;
      const pause = Math.min(this.#policy.minBackoff * 2 ** (tries - 1), this.#policy.maxBackoff);
      await sleep(
        pause,
        undefined,
        this.#connection.signal === undefined ? {} : { signal: this.#connection.signal },
      );
    }
    this.#sent += batch.entries;
  }

  async #try(tenant: string, json: string): Promise<"accepted" | { again: boolean; failure: FleetError }> {
    let answer: Answer;
    try {
      answer = await call(this.#connection, "/loki/api/v1/push", {
        json,
        ...(tenant === "" ? {} : { tenant }),
      });
    } catch (caught) {
      if (caught instanceof FleetError) return { again: true, failure: caught };
      throw caught;
    }
    if (answer.status >= 200 && answer.status < 300) return "accepted";
    const again = answer.status >= 500 || (answer.status === 429 && this.#policy.retryOnTooMany);
    return { again, failure: rejected(this.#connection, answer) };
  }
}

/** Entries that go to Loki in one request. */
export class Batch {
  bytes = 0;
  entries = 0;
  readonly #streams = new Map<string, { stream: LokiEntry["labels"]; values: unknown[] }>();

  add(entry: LokiEntry, bytes: number): void {
    const key = JSON.stringify(entry.labels);
    let stream = this.#streams.get(key);
    if (stream === undefined) {
      stream = { stream: entry.labels, values: [] };
      this.#streams.set(key, stream);
    }
    const value: unknown[] = [entry.timestamp, entry.line];
    if (Object.keys(entry.structured_metadata).length > 0) value.push(entry.structured_metadata);
    stream.values.push(value);
    this.bytes += bytes;
    this.entries += 1;
  }

  /** The body of the push request. */
  json(): string {
    return JSON.stringify({ streams: [...this.#streams.values()] });
  }
}

/** Bytes of an entry as batches count them: its line and structured metadata. */
export function entrySize(entry: LokiEntry): number {
  let bytes = Buffer.byteLength(entry.line);
  for (const [name, value] of Object.entries(entry.structured_metadata)) {
    bytes += Buffer.byteLength(name) + Buffer.byteLength(value);
  }
  return bytes;
}

function rejected(connection: LokiConnection, answer: Answer): FleetError {
  const said = answer.text.trim().slice(0, 500);
  const message = `Loki at ${new URL(connection.url).origin} refused a batch with status ${answer.status}: ${said}`;
  const hint =
    answer.status === 401 || answer.status === 403
      ? "check the user name and the password or token"
      : "Loki's message says which limit or rule it broke";
  return new FleetError(error("loki/rejected", message, { hint }));
}
