import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { error, FleetError } from "../../diagnostics/index.ts";
import { checkAssertions, pushUrl, type AssertionResult, type Loki, type Range } from "../../loki/index.ts";
import { ensureProgram, type Program, type ProgramOptions } from "../../programs/index.ts";
import { readJournal, writeJournal } from "../journal/directory.ts";
import { entryTime, type RawEntry } from "../journal/entry.ts";
import { runRealAlloy } from "../real-alloy.ts";
import { ship } from "../ship.ts";
import { corpus } from "./corpus.ts";
import { expectations, type ExpectedCounts } from "./expectations.ts";
import { readPromtail } from "./prediction.ts";
import { maxAge, promtailShape } from "./promtail-shape.ts";
import { retime } from "./retime.ts";

export interface ProofOptions extends ProgramOptions {
  /** The Alloy configuration under test, and its name in diagnostics. */
  configText: string;
  configFile?: string;
  /** The Promtail configuration it must equal, as plain data (JSON, parsed YAML). */
  promtailConfig: unknown;
  /** The canary: the host that the entries are of. */
  host: string;
  /** Entries of the user's own (`journalctl -o json`), besides the built-in ones. */
  extraEntries?: readonly RawEntry[];
  /** A Loki that nothing else ships to. */
  loki: Loki;
  /** A real Alloy that ships; left out, fleet's embedded shipper does. */
  alloy?: Program;
}

export interface Proof {
  /** True when every assertion held. */
  ok: boolean;
  assertions: readonly AssertionResult[];
  counts: ExpectedCounts;
  /** What the assertions leave open, in sentences. */
  limits: readonly string[];
  /** What took part, real or embedded. */
  programs: readonly { name: string; origin: string; description: string }[];
}

/**
 * Proves that a configuration ships a journal to Loki as the Promtail configuration says: writes entries into
 * a real journal, ships it into a real Loki, and asks Loki for what must and must not have arrived. What that
 * is comes from the Promtail configuration and the raw entries alone, never from the pipeline engine.
 *
 * @throws FleetError `ship/no-journal-scrape`, and whatever keeps a program from running; a failing assertion
 * is part of the result.
 */
export async function proveShipping(options: ProofOptions): Promise<Proof> {
  const { loki, host, log = () => undefined } = options;
  const signal = options.signal === undefined ? {} : { signal: options.signal };
  const shape = promtailShape(options.promtailConfig);
  const [scrape] = shape.scrapes;
  if (scrape === undefined) {
    throw new FleetError(
      error("ship/no-journal-scrape", "the promtail configuration reads no systemd journal", {
        hint: "the proof needs scrape_configs with a journal block",
      }),
    );
  }
  const remote = await ensureProgram("systemd-journal-remote", options);
  const journalctl = await ensureProgram("journalctl", options);
  const now = BigInt(Date.now()) * 1000n;
  const oldest = now - maxAge(scrape) + MARGIN;
  const extra = retime(options.extraEntries ?? [], host, now).filter(
    (entry) => (entryTime(entry) ?? 0n) > oldest,
  );
  const entries = [...corpus(host, now), ...extra];
  const { assertions, counts, limits } = expectations(readPromtail(shape), entries);

  const directory = await mkdtemp(join(tmpdir(), "fleet-journal-"));
  try {
    log(`writing ${entries.length} entries of ${host} into a journal`);
    await writeJournal(directory, entries, remote, signal);
    const config = { file: options.configFile ?? "config.alloy", text: options.configText };
    log(`shipping the journal to ${loki.program.description} at ${loki.url}`);
    if (options.alloy === undefined) {
      const journal = readJournal(directory, journalctl, signal);
      await ship(journal, { config, env: options.env, to: { url: loki.url, ...signal }, ...signal });
    } else {
      const url = pushUrl(loki.url);
      await runRealAlloy({
        alloy: options.alloy,
        config,
        journal: directory,
        url,
        env: options.env,
        ...signal,
      });
    }
  } finally {
    await rm(directory, { recursive: true, force: true });
  }
  loki.check();
  log(`asking Loki ${assertions.length} questions`);
  const results = await checkAssertions({ url: loki.url, ...signal }, assertions, span(entries));
  const notes = [...limits];
  if (shape.others > 0) notes.push(`${shape.others} scrapes that read no journal are not part of the proof`);
  const skipped = (options.extraEntries?.length ?? 0) - extra.length;
  if (skipped > 0) notes.push(`${skipped} of the extra entries are older than max_age`);
  return {
    ok: results.length > 0 && results.every(({ ok }) => ok),
    assertions: results,
    counts,
    limits: notes,
    programs: [options.alloy ?? EMBEDDED, remote, journalctl, loki.program].map(
      ({ name, origin, description }) => ({
        name,
        origin,
        description,
      }),
    ),
  };
}

const EMBEDDED = {
  name: "fleet ship",
  origin: "embedded",
  description: "fleet's embedded shipper, in the place of Alloy",
} as const;

/** Microseconds by which entries must be younger than max_age, so that they still are when they are read. */
const MARGIN = 10n * 60n * 1_000_000n;

/** Nanoseconds from the oldest to just after the newest entry. */
function span(entries: readonly RawEntry[]): Range {
  const times = entries.map((entry) => entryTime(entry) ?? 0n);
  const start = times.reduce((a, b) => (a < b ? a : b));
  const end = times.reduce((a, b) => (a > b ? a : b));
  return { start: start * 1000n, end: (end + 1n) * 1000n };
}
