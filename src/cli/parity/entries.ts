import { FleetError } from "../../diagnostics/index.ts";
import { isMalformed, parseJournalJson, splitJournalJson, type JournalEntry } from "../../pipeline/index.ts";
import { readInput } from "../input.ts";
import type { Io } from "../io.ts";

/**
 * The entries of a file (`journalctl -o json`); `-` is standard input.
 *
 * @throws FleetError `pipeline/malformed-entry` when some are none, for what is left aside cannot be compared.
 */
export async function readEntries(path: string, io: Io): Promise<readonly JournalEntry[]> {
  const { text } = await readInput(path, io);
  const parsed = splitJournalJson(text).map(parseJournalJson);
  const malformed = parsed.filter(isMalformed);
  if (malformed.length > 0) throw new FleetError(malformed, 1);
  return parsed.flatMap((entry) => (isMalformed(entry) ? [] : [entry]));
}
