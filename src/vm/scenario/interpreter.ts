import { setTimeout as sleep } from "node:timers/promises";
import { error, FleetError } from "../../diagnostics/index.ts";
import { findSeries, queryEntries, type LokiConnection, type Range } from "../../loki/index.ts";
import type { Machine } from "../machine.ts";
import { describe, judge, selectorText, type LokiEntry, type LokiExpectation } from "./expectation.ts";
import type { Step } from "./step.ts";
import { captured, substitute, substituteExpectation } from "./variables.ts";

export interface RunOptions {
  machine: Machine;
  /** The Loki of the machine, as it is reached from here, without a password. */
  loki: LokiConnection;
  /** A word of letters and digits that tells this run's lines from those of others. */
  nonce: string;
  signal?: AbortSignal;
}

/** Milliseconds between two questions to Loki. */
const INTERVAL = 500;

/**
 * Runs a scenario's steps on a started machine, one after the other.
 *
 * @throws FleetError `scenario/loki-differs` when Loki does not come to have what a step expects, and what the
 * machine throws when a command or unit does not do as expected.
 */
export async function runSteps(steps: readonly Step[], options: RunOptions): Promise<void> {
  await new Interpreter(options).run(steps);
}

class Interpreter {
  readonly #options: RunOptions;
  readonly #variables: Map<string, string>;

  constructor(options: RunOptions) {
    this.#options = options;
    this.#variables = new Map([["nonce", options.nonce]]);
  }

  async run(steps: readonly Step[]): Promise<void> {
    for (const step of steps) {
      this.#options.signal?.throwIfAborted();
      await this.#step(step);
    }
  }

  async #step(step: Step): Promise<void> {
    const { machine } = this.#options;
    const text = (template: string): string => substitute(template, this.#variables);
    switch (step.kind) {
      case "subtest":
        return machine.subtest(text(step.name), () => this.run(step.steps));
      case "run":
        await (step.outcome === "success"
          ? machine.succeed(text(step.command))
          : machine.fail(text(step.command)));
        return;
      case "retry":
        await machine.waitUntilSucceeds(text(step.command), { timeout: step.within * 1000 });
        return;
      case "capture":
        this.#variables.set(step.name, captured(step.name, await machine.succeed(text(step.command))));
        return;
      case "write":
        return machine.copyTo({ content: text(step.text) }, text(step.path), step.mode);
      case "wait-for-unit":
        return machine.waitForUnit(text(step.unit), { timeout: step.within * 1000 });
      case "reboot":
        return machine.reboot();
      case "pause":
        return machine.sleep(step.seconds * 1000);
      case "expect-loki":
        return this.#expectLoki(substituteExpectation(step.expectation, this.#variables));
      case "expect-equal":
        return this.#expectEqual(text(step.name), step.queries, step.within);
    }
  }

  async #expectLoki(expectation: LokiExpectation): Promise<void> {
    const { name, query, within } = expectation;
    let found: LokiEntry[] = [];
    let wrong: string | undefined;
    await this.#until(within, async () => {
      found = await this.#query(query);
      wrong = judge(expectation, found);
      return wrong === undefined;
    });
    if (wrong === undefined) return;
    const had = found.length === 0 ? await this.#streams(query) : describe(found);
    throw differs(`${name}: ${wrong} from ${query} within ${within} s; ${had}`);
  }

  async #expectEqual(name: string, queries: Readonly<Record<string, string>>, within: number): Promise<void> {
    let counts: [what: string, count: number][] = [];
    const ok = await this.#until(within, async () => {
      counts = [];
      for (const [what, query] of Object.entries(queries)) {
        counts.push([what, (await this.#query(substitute(query, this.#variables))).length]);
      }
      return counts.every(([, count]) => count === counts[0]?.[1] && count > 0);
    });
    if (ok) return;
    const had = counts.map(([what, count]) => `${count} of ${what}`).join(", ");
    throw differs(`${name}: expected equally many entries, and some, within ${within} s; Loki had ${had}`);
  }

  /** Asks until the answer is yes or the time, in seconds, is over; the last answer. */
  async #until(within: number, ask: () => Promise<boolean>): Promise<boolean> {
    const { signal } = this.#options;
    const deadline = Date.now() + within * 1000;
    for (;;) {
      if (await ask()) return true;
      if (Date.now() >= deadline) return false;
      await sleep(INTERVAL, undefined, signal === undefined ? {} : { signal });
    }
  }

  async #query(logql: string): Promise<LokiEntry[]> {
    try {
      return await queryEntries(this.#options.loki, logql, recently());
    } catch (caught) {
      // A Loki that is stopped or starts just now has nothing, as far as a scenario can see.
      if (caught instanceof FleetError && caught.diagnostics[0]?.code === "loki/unreachable") return [];
      throw caught;
    }
  }

  /** Where a query finds nothing: which streams there are that have one of its labels, or that are the journal's. */
  async #streams(query: string): Promise<string> {
    const named = [...query.matchAll(/([a-z_]\w*)\s*=/gi)].map(([, label = ""]) => label);
    const streams = new Set<string>();
    for (const label of new Set([...named, "job", "host"])) {
      const found = await findSeries(this.#options.loki, `{${label}=~".+"}`, recently()).catch(() => []);
      for (const labels of found) streams.add(selectorText(labels));
    }
    if (streams.size === 0) return "Loki had nothing at all";
    const shown = [...streams].sort().slice(0, SHOWN);
    const more = streams.size > SHOWN ? `\n  and ${streams.size - SHOWN} more` : "";
    return `Loki had no such entry, but the streams\n  ${shown.join("\n  ")}${more}`;
  }
}

/** Streams in a message. */
const SHOWN = 8;

/** The last day, and an hour for clocks that differ; nanoseconds. */
function recently(): Range {
  const now = BigInt(Date.now()) * 1_000_000n;
  const hour = 3_600_000_000_000n;
  return { start: now - 24n * hour, end: now + hour };
}

function differs(message: string): FleetError {
  const hint =
    "the machine's journal and console are kept where the report says; compare the pipeline with its source";
  return new FleetError(error("scenario/loki-differs", message, { hint }), 1);
}
