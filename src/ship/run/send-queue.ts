import { STATUS_CODES } from "node:http";
import { setTimeout as sleep } from "node:timers/promises";
import { FleetError } from "../../diagnostics/index.ts";
import { Batch, call, entrySize, type LokiEntry } from "../../loki/index.ts";
import type { Endpoint } from "../endpoints.ts";
import type { Logger } from "./logger.ts";
import { componentLabels, type Labels, type MetricName, type Metrics } from "./metrics.ts";

/** A batch of one tenant and when it was begun, in milliseconds since 1970. */
interface Pending {
  tenant: string;
  batch: Batch;
  begun: number;
}

/**
 * What stands between a loki.write and one of its endpoints, as Alloy has it (client/shards.go): a batch for each
 * tenant, sent when it is full or `batch_wait` old; a queue of full batches; one request at a time, tried again
 * after connection errors, 5xx and 429 and given up after anything else or too many tries. When the queue is full
 * `put` waits, and so does whoever reads.
 */
export class SendQueue {
  readonly #endpoint: Endpoint;
  readonly #metrics: Metrics;
  readonly #log: Logger;
  readonly #capacity: number;
  readonly #labels: Labels;
  /** The batch that each tenant's entries go into. */
  readonly #open = new Map<string, Pending>();
  readonly #full: Pending[] = [];
  readonly #abort = new AbortController();
  readonly #done: Promise<void>;
  #waiting: (() => void)[] = [];
  #wake: () => void = () => undefined;
  #stopping = false;

  constructor(endpoint: Endpoint, { metrics, log }: { metrics: Metrics; log: Logger }) {
    this.#endpoint = endpoint;
    this.#metrics = metrics;
    const { host } = new URL(endpoint.url);
    this.#log = log.with({
      component_path: "/",
      component_id: endpoint.component,
      component: "endpoint",
      host,
    });
    this.#labels = { ...componentLabels(endpoint.component), host };
    const { queueCapacity, policy } = endpoint;
    this.#capacity = Math.max(1, Math.floor(queueCapacity / Math.max(1, policy.batchSize)));
    this.#done = this.#work();
  }

  /** Takes an entry as soon as there is room for it; false when the queue or the signal ended before that. */
  async put(entry: LokiEntry, signal: AbortSignal): Promise<boolean> {
    while (!this.#append(entry)) {
      if (this.#stopping || signal.aborted) return false;
      if (!this.#endpoint.blocksWhenFull) {
        const tenant = this.#tenantOf(entry);
        this.#countDropped(tenant, "queue_is_full", { entries: 1, bytes: entrySize(entry) });
        return true;
      }
      await this.#room(signal);
    }
    return true;
  }

  /**
   * Takes nothing more, sends what is left within `drain_timeout` and ends; what is not sent by then is lost, as it
   * is for Alloy.
   */
  async stop(): Promise<void> {
    this.#stopping = true;
    this.#release();
    this.#wake();
    const limit = new AbortController();
    const late = sleep(this.#endpoint.drainTimeout, "late", { signal: limit.signal }).catch(() => "ended");
    if ((await Promise.race([this.#done, late])) === "late") {
      this.#log.warn("failed to flush all queues during shutdown");
      this.#abort.abort();
    }
    limit.abort();
    await this.#done;
  }

  /** Adds the entry to its tenant's batch; false when that is full and the queue too. */
  #append(entry: LokiEntry): boolean {
    if (this.#stopping) return false;
    const tenant = this.#tenantOf(entry);
    const bytes = entrySize(entry);
    let pending = this.#open.get(tenant);
    if (pending !== undefined && pending.batch.bytes + bytes > this.#endpoint.policy.batchSize) {
      if (this.#full.length >= this.#capacity) return false;
      this.#full.push(pending);
      pending = undefined;
    }
    if (pending === undefined) {
      pending = { tenant, batch: new Batch(), begun: Date.now() };
      this.#open.set(tenant, pending);
      this.#wake();
    }
    pending.batch.add(entry, bytes);
    return true;
  }

  #tenantOf(entry: LokiEntry): string {
    return entry.tenant ?? this.#endpoint.connection.tenant ?? "";
  }

  async #work(): Promise<void> {
    while (!this.#abort.signal.aborted) {
      const next = this.#full.shift() ?? this.#ripe();
      this.#release();
      if (next !== undefined) await this.#send(next);
      else if (this.#stopping) return;
      else await this.#wait();
    }
  }

  /** An open batch that is old enough to go; any when the queue ends. */
  #ripe(): Pending | undefined {
    const due = Date.now() - this.#endpoint.batchWait;
    for (const [tenant, pending] of this.#open) {
      if (pending.begun > due && !this.#stopping) continue;
      this.#open.delete(tenant);
      return pending;
    }
    return undefined;
  }

  /** Waits for a new batch, or until the oldest open one is due. */
  async #wait(): Promise<void> {
    const oldest = Math.min(...[...this.#open.values()].map(({ begun }) => begun));
    await new Promise<void>((resolve) => {
      const due = oldest + this.#endpoint.batchWait - Date.now();
      const timer = Number.isFinite(due) ? setTimeout(resolve, Math.max(1, due)) : undefined;
      this.#wake = () => {
        clearTimeout(timer);
        resolve();
      };
    });
    this.#wake = () => undefined;
  }

  /** Waits until there may be room, or the signal is aborted. */
  async #room(signal: AbortSignal): Promise<void> {
    const { promise, resolve } = Promise.withResolvers<unknown>();
    this.#waiting.push(() => resolve(undefined));
    signal.addEventListener("abort", resolve, { once: true });
    await promise;
    signal.removeEventListener("abort", resolve);
  }

  #release(): void {
    for (const resolve of this.#waiting.splice(0)) resolve();
  }

  async #send({ tenant, batch }: Pending): Promise<void> {
    const { policy } = this.#endpoint;
    const json = batch.json();
    const weight = { entries: batch.entries, bytes: Buffer.byteLength(json) };
    let answer = await this.#post(tenant, json);
    for (let tries = 1; answer.problem !== undefined; tries += 1) {
      const { status, problem } = answer;
      if (status === 429 && !policy.retryOnTooMany) {
        this.#log.warn("dropping batch due to rate limiting applied at ingester");
        this.#countDropped(tenant, "rate_limited", weight);
        return;
      }
      const again = status === -1 || status === 429 || status >= 500;
      if (again) {
        this.#log.debug("error sending batch, will retry", { status, tenant, error: problem });
        this.#count("loki_write_batch_retries_total", { tenant }, 1);
      }
      const last = policy.maxRetries !== 0 && tries >= policy.maxRetries;
      if (!again || last || !(await this.#backOff(tries))) {
        const what = "final error sending batch, no retries left, dropping data";
        this.#log.error(what, { status, tenant, error: problem });
        this.#countDropped(tenant, status === 429 ? "rate_limited" : "ingester_error", weight);
        return;
      }
      answer = await this.#post(tenant, json);
    }
    this.#count("loki_write_sent_bytes_total", { tenant }, weight.bytes);
    this.#count("loki_write_sent_entries_total", { tenant }, weight.entries);
  }

  /** One request: its status, -1 when there was no answer, and what was wrong. */
  async #post(tenant: string, json: string): Promise<{ status: number; problem?: string }> {
    const connection = { ...this.#endpoint.connection, url: this.#endpoint.url, signal: this.#abort.signal };
    try {
      const { status, text } = await call(connection, "", { json, tenant });
      if (status >= 200 && status < 300) return { status };
      const [said = ""] = text.slice(0, 1024).split("\n");
      const reason = `${status} ${STATUS_CODES[status] ?? ""} (${status})`;
      return { status, problem: `server returned HTTP status ${reason}: ${said}` };
    } catch (caught) {
      const said = caught instanceof FleetError ? caught.diagnostics[0]?.message : undefined;
      const problem = said ?? "the request was given up";
      return { status: -1, problem };
    }
  }

  /** Waits before the next try, each time up to twice as long; false when the queue ended meanwhile. */
  async #backOff(tries: number): Promise<boolean> {
    const { minBackoff, maxBackoff } = this.#endpoint.policy;
    const from = Math.min(minBackoff * 2 ** (tries - 1), maxBackoff);
    const to = Math.min(from * 2, maxBackoff);
    const { signal } = this.#abort;
    await sleep(from + Math.random() * (to - from), undefined, { signal }).catch(() => undefined);
    return !signal.aborted;
  }

  #countDropped(
    tenant: string,
    reason: string,
    { entries, bytes }: { entries: number; bytes: number },
  ): void {
    this.#count("loki_write_dropped_entries_total", { tenant, reason }, entries);
    this.#count("loki_write_dropped_bytes_total", { tenant, reason }, bytes);
  }

  #count(metric: MetricName, labels: Labels, by: number): void {
    this.#metrics.get(metric).add({ ...this.#labels, ...labels }, by);
  }
}
