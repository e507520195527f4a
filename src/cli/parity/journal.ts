import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { isMalformed, parseJournalJson, type JournalEntry } from "../../pipeline/index.ts";
import { ensureProgram, type ProgramOptions } from "../../programs/index.ts";
import { corpus, parseEntries, readJournal, retime, writeJournal, type RawEntry } from "../../ship/index.ts";
import { readInput } from "../input.ts";
import type { Io } from "../io.ts";

/** A journal that both programs are to read. */
export interface Journal {
  directory: string;
  /** Where its entries come from, in words. */
  origin: string;
  entries: readonly JournalEntry[];
}

/**
 * Gives `work` a real journal: the directory `journal`; or one that systemd-journal-remote writes from the entries of
 * a file, as if they were new, or from the built-in entries. What was written is removed afterwards.
 *
 * @throws FleetError for entries that are none, and when a program is missing or fails.
 */
export async function withJournal<T>(
  from: { journal?: string | undefined; entries?: string | undefined },
  io: Io,
  work: (journal: Journal) => Promise<T>,
): Promise<T> {
  if (from.journal !== undefined) {
    const directory = resolve(io.cwd, from.journal);
    return work({ directory, origin: from.journal, entries: await entriesOf(directory, io) });
  }
  const now = BigInt(Date.now()) * 1000n;
  const [raw, origin] =
    from.entries === undefined
      ? [corpus("canary", now), "fleet's built-in entries"]
      : [retime(await rawEntries(from.entries, io), undefined, now), from.entries];
  const directory = await mkdtemp(join(tmpdir(), "fleet-parity-"));
  try {
    const remote = await ensureProgram("systemd-journal-remote", programs(io));
    io.log(`writing ${raw.length} entries into a journal`);
    await writeJournal(directory, raw, remote, { signal: io.signal });
    return await work({ directory, origin, entries: await entriesOf(directory, io) });
  } finally {
    await rm(directory, { recursive: true, force: true });
  }
}

/** The entries of a journal directory as the models take them. */
export async function entriesOf(directory: string, io: Io): Promise<JournalEntry[]> {
  const journalctl = await ensureProgram("journalctl", programs(io));
  const entries: JournalEntry[] = [];
  for await (const raw of readJournal(directory, journalctl, { signal: io.signal })) {
    const entry = parseJournalJson(raw, entries.length);
    if (!isMalformed(entry)) entries.push(entry);
  }
  return entries;
}

/** How programs are looked for on behalf of a command. */
export function programs(io: Io): ProgramOptions & { log: (line: string) => void; signal: AbortSignal } {
  return { env: io.env, cwd: io.cwd, log: (line) => io.log(line), signal: io.signal };
}

async function rawEntries(path: string, io: Io): Promise<readonly RawEntry[]> {
  const { name, text } = await readInput(path, io);
  return parseEntries(name, text);
}
