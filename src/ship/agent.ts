import { setTimeout as sleep } from "node:timers/promises";
import { error, FleetError } from "../diagnostics/index.ts";
import { waitUntilReady, type Child } from "../process/index.ts";

/** A real shipper that runs, and where it tells of itself. */
export interface Agent {
  name: string;
  child: Child;
  /** `http://127.0.0.1:PORT`. */
  url: string;
  /** The path that answers 200 once it reads. */
  ready: string;
  /** The names of the counters in its metrics. */
  counters: AgentCounters<string>;
  /** What to do when it fails. */
  hint: string;
}

interface AgentCounters<T> {
  read: T;
  sent: T;
  dropped: T;
}

/** Entries that a real shipper read, sent and dropped, by its own metrics. */
export type AgentReport = AgentCounters<number>;

/** Milliseconds after which a shipper that is ready and has read nothing has nothing to read. */
const NOTHING = 30_000;

/**
 * Waits until a shipper has done nothing for a while, having read something or had the time to.
 *
 * @param options.quiet milliseconds without a new entry after which all is read; 3 s when left out
 * @throws FleetError `ship/agent-failed` when it ends by itself or does not come to rest
 */
export async function untilQuiet(
  agent: Agent,
  options: { quiet?: number; signal?: AbortSignal },
): Promise<AgentReport> {
  const { quiet = 3000 } = options;
  const signal = options.signal === undefined ? {} : { signal: options.signal };
  const isReady = async (): Promise<boolean> => (await fetch(`${agent.url}${agent.ready}`)).ok;
  const ready = await waitUntilReady(agent.child, isReady, { timeout: 60_000, ...signal });
  if (ready.state !== "ready")
    throw failed(agent, ready.state === "late" ? "was not ready after 60 s" : "ended");
  let report = await metrics(agent);
  let since = Date.now();
  const begun = since;
  const deadline = begun + 10 * 60_000;
  while (Date.now() - since < quiet || (report.read === 0 && Date.now() - begun < NOTHING)) {
    if (Date.now() > deadline) throw failed(agent, "was not done after ten minutes");
    await sleep(200, undefined, signal);
    const next = await metrics(agent).catch(() => {
      throw failed(agent, "ended");
    });
    if (next.read !== report.read || next.sent !== report.sent || next.dropped !== report.dropped)
      since = Date.now();
    report = next;
  }
  return report;
}

async function metrics({ url, counters }: Agent): Promise<AgentReport> {
  const text = await (await fetch(`${url}/metrics`)).text();
  const sum = (name: string): number =>
    text
      .split("\n")
      .filter((line) => line.startsWith(`${name}{`) || line.startsWith(`${name} `))
      .reduce((total, line) => total + Number(line.split(" ").at(-1)), 0);
  return { read: sum(counters.read), sent: sum(counters.sent), dropped: sum(counters.dropped) };
}

function failed({ name, child, hint }: Agent, what: string): FleetError {
  const last = child.recent().slice(-5).join("\n");
  return new FleetError(error("ship/agent-failed", `${name} ${what}; its last lines:\n${last}`, { hint }));
}
