import { closeSync, fsyncSync, ftruncateSync, openSync, readFileSync, writeSync } from "node:fs";
import { dirname } from "node:path";
import { error, FleetError } from "../diagnostics/index.ts";
import { FIRST_SUM, NotARecord, readRecord, recordLine, type Event, type JournalRecord } from "./record.ts";
import { reduce, replay, type RolloutState } from "./state.ts";

/** The journal's name in the state directory. */
export const JOURNAL = "rollout.ndjson";

/** A journal as it stands on disk. */
export interface ReadJournal {
  records: readonly JournalRecord[];
  /** Bytes up to the end of the last whole record: what follows is a record whose writing was cut off. */
  length: number;
  /** The checksum that the next record continues. */
  sum: string;
}

/**
 * Reads a journal. A last line that does not end is what a crash left of a record that was never acted upon, and is
 * passed over; anything else that fleet did not write is an error.
 *
 * @param path absolute; no file is an empty journal
 * @throws FleetError `rollout/journal-damaged` with the line, `rollout/journal-unreadable`.
 */
export function readJournal(path: string): ReadJournal {
  const bytes = contents(path);
  const text = bytes.toString("utf8");
  const records: JournalRecord[] = [];
  let sum = FIRST_SUM;
  let start = 0;
  for (let end = text.indexOf("\n"); end !== -1; start = end + 1, end = text.indexOf("\n", start)) {
    try {
      const read = readRecord(text.slice(start, end), records.length + 1, sum);
      records.push(read.record);
      sum = read.sum;
    } catch (caught) {
      if (!(caught instanceof NotARecord)) throw caught;
      throw damaged(path, text, { line: records.length + 1, start, end }, caught.message);
    }
  }
  return { records, length: bytes.lastIndexOf(0x0a) + 1, sum };
}

function contents(path: string): Buffer {
  try {
    return readFileSync(path);
  } catch (caught) {
    const { code, message } = caught as NodeJS.ErrnoException;
    if (code === "ENOENT") return Buffer.alloc(0);
    throw new FleetError(
      error("rollout/journal-unreadable", `the rollout journal cannot be read: ${message}`),
    );
  }
}

function damaged(
  path: string,
  text: string,
  { line, start, end }: { line: number; start: number; end: number },
  reason: string,
): FleetError {
  const file = path.split("/").slice(-2).join("/");
  const place = {
    file,
    start: { line, column: 1, offset: start },
    end: { line, column: end - start + 1, offset: end },
  };
  const left = text.slice(0, start) === "" ? "nothing" : `the ${line - 1} lines before it`;
  return new FleetError(
    error("rollout/journal-damaged", `${file} is not as fleet wrote it: ${reason}`, {
      span: place,
      hint: `put the file back from a backup; or keep ${left}, and fleet asks each host again what it runs`,
    }),
  );
}

/**
 * The journal of a repository's rollout, open for writing: only whoever holds the lock may have one. A record is on
 * disk when `append` returns.
 */
export class Journal {
  readonly #descriptor: number;
  readonly #run: string;
  readonly #now: () => Date;
  readonly #listener: (record: JournalRecord) => void;
  #seq: number;
  #sum: string;
  #state: RolloutState;

  /**
   * @param path absolute; the file is made where there is none
   * @param run names this run in its records
   * @param listener told each record once it is on disk
   * @throws FleetError as `readJournal` does.
   */
  constructor(
    path: string,
    { run, now, listener }: { run: string; now: () => Date; listener: (record: JournalRecord) => void },
  ) {
    const { records, length, sum } = readJournal(path);
    this.#descriptor = openSync(path, "a+");
    if (records.length === 0) syncDirectory(dirname(path));
    ftruncateSync(this.#descriptor, length);
    this.#run = run;
    this.#now = now;
    this.#listener = listener;
    this.#seq = records.length;
    this.#sum = sum;
    this.#state = replay(records);
  }

  get run(): string {
    return this.#run;
  }

  get state(): RolloutState {
    return this.#state;
  }

  append(event: Event): JournalRecord {
    const record = { seq: this.#seq + 1, time: this.#now().toISOString(), run: this.#run, ...event };
    const { line, sum } = recordLine(record, this.#sum);
    writeSync(this.#descriptor, line);
    fsyncSync(this.#descriptor);
    this.#seq = record.seq;
    this.#sum = sum;
    this.#state = reduce(this.#state, record);
    this.#listener(record);
    return record;
  }

  close(): void {
    closeSync(this.#descriptor);
  }
}

/** Makes the name of a new file as lasting as its contents. */
function syncDirectory(path: string): void {
  const descriptor = openSync(path, "r");
  fsyncSync(descriptor);
  closeSync(descriptor);
}
