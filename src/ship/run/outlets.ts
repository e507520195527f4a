import type { LokiEntry } from "../../loki/index.ts";
import type { Endpoint } from "../endpoints.ts";
import type { Logger } from "./logger.ts";
import type { Metrics } from "./metrics.ts";
import { SendQueue } from "./send-queue.ts";

interface Outlet {
  component: string;
  queue: SendQueue;
}

/** The queues of all endpoints of all loki.write. */
export class Outlets {
  readonly #tools: { metrics: Metrics; log: Logger };
  /** By the endpoint's settings in JSON, so that one that stays the same keeps its queue. */
  #outlets = new Map<string, Outlet>();
  readonly #retired = new Set<Promise<void>>();

  constructor(tools: { metrics: Metrics; log: Logger }) {
    this.#tools = tools;
  }

  /** Has a queue for each of these endpoints, and lets the queues of all others come to their end. */
  update(endpoints: readonly Endpoint[]): void {
    const before = this.#outlets;
    this.#outlets = new Map();
    for (const endpoint of endpoints) {
      const key = JSON.stringify(endpoint);
      const { component } = endpoint;
      this.#outlets.set(key, before.get(key) ?? { component, queue: new SendQueue(endpoint, this.#tools) });
    }
    for (const [key, { queue }] of before) if (!this.#outlets.has(key)) this.#retire(queue);
  }

  /**
   * Hands an entry to every endpoint of a loki.write, as soon as each has room. One whose endpoint is replaced
   * meanwhile goes to those that are new.
   *
   * @returns false when the signal was aborted before all had it
   */
  async put(component: string, entry: LokiEntry, signal: AbortSignal): Promise<boolean> {
    const tried = new Set<SendQueue>();
    for (;;) {
      let refused = false;
      for (const queue of this.#of(component)) {
        if (tried.has(queue)) continue;
        tried.add(queue);
        refused = !(await queue.put(entry, signal)) || refused;
      }
      if (signal.aborted) return !refused;
      if (!refused) return true;
    }
  }

  /** Ends all queues, each within its own time. */
  async stop(): Promise<void> {
    for (const { queue } of this.#outlets.values()) this.#retire(queue);
    await Promise.all(this.#retired);
  }

  #of(component: string): SendQueue[] {
    return [...this.#outlets.values()].filter((one) => one.component === component).map(({ queue }) => queue);
  }

  #retire(queue: SendQueue): void {
    const ended = queue.stop().finally(() => this.#retired.delete(ended));
    this.#retired.add(ended);
  }
}
