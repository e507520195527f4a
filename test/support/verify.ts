import { readFileSync } from "node:fs";
import { setTimeout as sleep } from "node:timers/promises";
import { corpus, ship, type RawEntry } from "../../src/ship/index.ts";
import type { Clock, LogMarked, VerifyOptions } from "../../src/verify/index.ts";

/** The example fleet's config.alloy. */
export const CONFIGURATION = {
  file: "modules/alloy/config.alloy",
  text: readFileSync(new URL("../golden/generate/example/config.alloy", import.meta.url), "utf8"),
};

export const CLOCK: Clock = {
  now: Date.now,
  sleep: (milliseconds, signal) => sleep(milliseconds, undefined, { signal }),
};

/** Marked lines as systemd-cat writes them on `host`, from a login. */
export function logged(host: string, lines: readonly string[]): RawEntry[] {
  const now = BigInt(Date.now()) * 1000n;
  return lines.map((line, index) => ({
    __REALTIME_TIMESTAMP: String(now + BigInt(index)),
    _HOSTNAME: host,
    _TRANSPORT: "stdout",
    _SYSTEMD_UNIT: "session-17.scope",
    SYSLOG_IDENTIFIER: "fleet-verify",
    PRIORITY: "6",
    MESSAGE: line,
  }));
}

/** A host whose Alloy runs `text`: what it logs is shipped to a Loki, unless it has stopped. */
export class HostUnderTest {
  readonly #url: string;
  readonly #text: string;
  readonly #journal: RawEntry[];
  #stopped = false;

  constructor(url: string, text: string, host: string) {
    this.#url = url;
    this.#text = text;
    this.#journal = corpus(host, BigInt(Date.now()) * 1000n);
    this.host = host;
  }

  readonly host: string;

  /** Ships what the journal holds. */
  async run(): Promise<void> {
    await this.#ship(this.#journal);
  }

  /** From now on nothing is shipped. */
  stop(): void {
    this.#stopped = true;
  }

  /** What ssh would do. */
  readonly logMarked: LogMarked = async (lines, since) => {
    const entries = logged(this.host, lines);
    if (!this.#stopped) await this.#ship(entries);
    const young = this.#journal.filter((entry) => Number(entry["__REALTIME_TIMESTAMP"]) >= since * 1000);
    return [...young, ...entries].map((entry) => JSON.stringify(entry)).join("\n");
  };

  options(nonce: string): VerifyOptions {
    return {
      host: this.host,
      config: CONFIGURATION,
      loki: { url: this.#url },
      since: 1_200_000,
      logMarked: this.logMarked,
      nonce,
      clock: CLOCK,
      signal: new AbortController().signal,
    };
  }

  async #ship(entries: readonly RawEntry[]): Promise<void> {
    const to = { connection: { url: this.#url } };
    await ship(entries, { config: { file: "config.alloy", text: this.#text }, env: {}, to });
  }
}
