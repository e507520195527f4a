import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { error, FleetError } from "../../diagnostics/index.ts";
import {
  checkAssertions,
  pushUrl,
  queryEntries,
  type AssertionResult,
  type Loki,
  type LokiConnection,
} from "../../loki/index.ts";
import { ensureProgram, type Program, type ProgramOptions } from "../../programs/index.ts";
import { readJournal, writeJournal } from "../journal/directory.ts";
import { entryTime, type RawEntry } from "../journal/entry.ts";
import { runRealAlloy } from "../real-alloy.ts";
import { ship } from "../ship.ts";
import { corpus } from "./corpus.ts";
import { expectations, type Counts } from "./expectations.ts";
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
  /** What was read of the journal and arrived in Loki, and what each drop had to take. */
  counts: Counts;
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
 * @throws FleetError `ship/no-journal-scrape`, `loki/ended`, and whatever keeps a program from running; a
 * failing assertion is part of the result.
 */
export async function proveShipping(options: ProofOptions): Promise<Proof> {
  const { loki, host, log = () => undefined, extraEntries = [] } = options;
  const shape = promtailShape(options.promtailConfig);
  const [scrape] = shape.scrapes;
  if (scrape === undefined) {
    throw new FleetError(
      error("ship/no-journal-scrape", "the promtail configuration reads no systemd journal", {
        hint: "the proof needs scrape_configs with a journal block",
      }),
    );
  }
  const now = BigInt(Date.now()) * 1000n;
  // A tenth less than max_age, so that an entry is still young enough when it is read.
  const oldest = now - (maxAge(scrape) * 9n) / 10n;
  const all = [...corpus(host, now), ...retime(extraEntries, host, now)];
  const entries = all.filter((entry) => (entryTime(entry) ?? 0n) >= oldest);
  const { assertions, counts, all: everything, limits } = expectations(readPromtail(shape), entries);
  const remote = await ensureProgram("systemd-journal-remote", options);
  const journalctl = await ensureProgram("journalctl", options);

  const directory = await mkdtemp(join(tmpdir(), "fleet-journal-"));
  let results: AssertionResult[];
  let sent = 0;
  try {
    log(`writing ${entries.length} entries of ${host} into a journal`);
    await writeJournal(directory, entries, remote, options);
    log(`shipping the journal to ${loki.program.description} at ${loki.url}`);
    await shipInto(loki, directory, journalctl, options);
    log(`asking Loki ${assertions.length} questions`);
    const range = { start: oldest * 1000n, end: now * 1000n };
    const connection = connectionTo(loki, options);
    results = await checkAssertions(connection, assertions, range);
    if (everything !== undefined) sent = (await queryEntries(connection, everything, range)).length;
  } catch (caught) {
    // A Loki that ended explains whatever else went wrong.
    loki.check();
    throw caught;
  } finally {
    await rm(directory, { recursive: true, force: true });
  }

  const notes = [...limits];
  if (shape.others > 0) notes.push(`${shape.others} scrapes that read no journal are not part of the proof`);
  const left = corpus(host, now).length + extraEntries.length - entries.length;
  if (left > 0) notes.push(`${left} entries were left out: without a time, or older than max_age allows`);
  return {
    ok: results.length > 0 && results.every(({ ok }) => ok),
    assertions: results,
    counts: { ...counts, sent, dropped: entries.length - sent },
    limits: notes,
    programs: [options.alloy ?? EMBEDDED, remote, journalctl, loki.program].map(named),
  };
}

const EMBEDDED = {
  name: "fleet ship",
  origin: "embedded",
  description: "fleet's embedded shipper, in the place of Alloy",
} as const;

function named({ name, origin, description }: Proof["programs"][number]): Proof["programs"][number] {
  return { name, origin, description };
}

async function shipInto(
  loki: Loki,
  journal: string,
  journalctl: Program,
  options: ProofOptions,
): Promise<void> {
  const { alloy, env, configText: text, configFile: file = "config.alloy" } = options;
  const signal = options.signal === undefined ? {} : { signal: options.signal };
  if (alloy !== undefined) {
    await runRealAlloy({ alloy, config: { file, text }, journal, url: pushUrl(loki.url), env, ...signal });
    return;
  }
  // On loopback there is nothing to wait long for.
  const to = { connection: connectionTo(loki, options), policy: { minBackoff: 100, maxRetries: 4 } };
  await ship(readJournal(journal, journalctl, signal), { config: { file, text }, env, to, ...signal });
}

function connectionTo(loki: Loki, { signal }: ProofOptions): LokiConnection {
  return { url: loki.url, ...(signal === undefined ? {} : { signal }) };
}
