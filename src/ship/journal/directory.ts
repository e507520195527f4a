import { mkdir } from "node:fs/promises";
import { join } from "node:path";
import { error, FleetError } from "../../diagnostics/index.ts";
import { linePages, lines, run } from "../../process/index.ts";
import type { Program } from "../../programs/index.ts";
import { entryTime, type RawEntry } from "./entry.ts";
import { exportFormat } from "./export-format.ts";

/** Fields that a journal cannot do without, for entries that were saved without them. */
const DEFAULTS = {
  __MONOTONIC_TIMESTAMP: "1",
  _BOOT_ID: "5f1c0e6b7a8d4e2f9b3c1a0d2e4f6a8b",
} as const;

/**
 * Writes entries, oldest first, into a real journal directory by systemd-journal-remote. Entries without a
 * time are refused by it.
 *
 * @throws FleetError `ship/journal-incomplete` when it did not take every entry.
 */
export async function writeJournal(
  directory: string,
  entries: readonly RawEntry[],
  remote: Program,
  options: { signal?: AbortSignal } = {},
): Promise<void> {
  await mkdir(directory, { recursive: true });
  const sorted = [...entries].sort((a, b) => Number((entryTime(a) ?? 0n) - (entryTime(b) ?? 0n)));
  const complete = sorted.map((entry) => ({ ...DEFAULTS, ...entry }));
  const result = await run(remote.path, ["-o", join(directory, "system.journal"), "-"], {
    input: exportFormat(complete),
    ...(options.signal === undefined ? {} : { signal: options.signal }),
  });
  const written = /writing (\d+) entries/.exec(result.stderr)?.[1];
  if (result.exitCode === 0 && Number(written) === entries.length) return;
  const said = result.stderr.trim().split("\n").slice(-3).join("; ");
  throw new FleetError(
    error(
      "ship/journal-incomplete",
      `systemd-journal-remote wrote ${written ?? 0} of ${entries.length} entries: ${said}`,
      {
        hint: "each entry needs a __REALTIME_TIMESTAMP in microseconds",
      },
    ),
  );
}

/** The entries of a journal directory as journalctl prints them, oldest first, long and binary fields whole. */
export async function* readJournal(
  directory: string,
  journalctl: Program,
  options: { signal?: AbortSignal } = {},
): AsyncGenerator<RawEntry, void, undefined> {
  for await (const line of lines(journalctl.path, printing(directory), options)) {
    if (line !== "") yield JSON.parse(line) as RawEntry;
  }
}

/** The same as pages: the bytes of as many whole lines at a time as there are. */
export function readJournalPages(
  directory: string,
  journalctl: Program,
  options: { signal?: AbortSignal } = {},
): AsyncGenerator<Buffer, void, undefined> {
  return linePages(journalctl.path, printing(directory), options);
}

function printing(directory: string): readonly string[] {
  return ["--directory", directory, "--output", "json", "--all", "--no-pager", "--quiet"];
}
