import { randomBytes } from "node:crypto";
import { Journal, JOURNAL, readJournal } from "./journal.ts";
import { LOCK, lockOwner, takeLock, thisOwner, type Owner } from "./lock.ts";
import type { JournalRecord } from "./record.ts";
import { replay, type RolloutState } from "./state.ts";
import { makeStateDirectory, statePath } from "./state-directory.ts";

export interface OpenOptions {
  /** The command line, for others who find the lock. */
  command: string;
  /** Take over the lock of another machine's process. */
  breakLock: boolean;
  now?: () => Date;
  /** Told each record once it is on disk. */
  listener?: (record: JournalRecord) => void;
}

/**
 * Gives `work` the repository's journal for writing, under the lock.
 *
 * @throws FleetError `rollout/locked`, and as `readJournal` does.
 */
export async function withJournal<T>(
  root: string,
  { command, breakLock, now = () => new Date(), listener = () => undefined }: OpenOptions,
  work: (journal: Journal) => Promise<T> | T,
): Promise<T> {
  await makeStateDirectory(root);
  const unlock = takeLock(statePath(root, LOCK), thisOwner(command, now()), { broken: breakLock });
  try {
    const journal = new Journal(statePath(root, JOURNAL), {
      run: randomBytes(4).toString("hex"),
      now,
      listener,
    });
    try {
      return await work(journal);
    } finally {
      journal.close();
    }
  } finally {
    unlock();
  }
}

/** What the repository's journal says, and who writes it now. Takes no lock and writes nothing. */
export function readRollout(root: string): { state: RolloutState; owner: Owner | undefined } {
  const { records } = readJournal(statePath(root, JOURNAL));
  return { state: replay(records), owner: lockOwner(statePath(root, LOCK)) };
}
