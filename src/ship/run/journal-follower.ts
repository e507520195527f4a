import { setTimeout as sleep } from "node:timers/promises";
import { FleetError } from "../../diagnostics/index.ts";
import { lines } from "../../process/index.ts";
import type { Program } from "../../programs/index.ts";
import { parseObject } from "../journal/entries.ts";
import { entryTime, fieldText, type RawEntry } from "../journal/entry.ts";
import type { LegacyPosition } from "./legacy-position.ts";
import type { Logger } from "./logger.ts";

/** What a loki.source.journal says of the journal that it reads. */
export interface JournalSettings {
  /** `loki.source.journal.read`. */
  component: string;
  /** The journal's directory; "" is this machine's own journal. */
  path: string;
  /** `FIELD=VALUE`. */
  matches: readonly string[];
  /** Milliseconds; 0 is without limit. */
  maxAge: number;
  legacyPosition: LegacyPosition | undefined;
}

export interface FollowOptions {
  journalctl: Program;
  /** Where the reading stopped last time. */
  cursor: string | undefined;
  /** True when the entry at the cursor is read once more, as Alloy does up to 1.18. */
  rereads: boolean;
  log: Logger;
  /** Told when the journal cannot be read, and undefined when it can be again. */
  health: (problem: string | undefined) => void;
  signal: AbortSignal;
}

/** Milliseconds until a reader that ended is started again. */
const PAUSE = 1000;

/**
 * Reads a journal from its cursor, else from max_age on, and then whatever is added, until the signal is aborted
 * or `take` says false. The next entry is read when `take` is done with the one before, so a slow taker slows the
 * reader. A journalctl that ends is started again behind the newest entry that was taken; Alloy would not try again.
 */
export async function followJournal(
  settings: JournalSettings,
  options: FollowOptions,
  take: (entry: RawEntry) => Promise<boolean>,
): Promise<void> {
  const { journalctl, log, signal } = options;
  let from: readonly string[] | undefined;
  for (;;) {
    try {
      from ??= await beginning(settings, options);
      const args = [
        ...commonArguments(settings),
        "--follow",
        "--no-tail",
        ...from,
        "--",
        ...settings.matches,
      ];
      options.health(undefined);
      for await (const line of lines(journalctl.path, args, { signal })) {
        const entry = parseObject(line);
        if (entry === undefined) continue;
        if (!(await take(entry))) return;
        const cursor = fieldText(entry, "__CURSOR");
        if (cursor !== undefined) from = ["--after-cursor", cursor];
      }
      throw new Error("journalctl ended");
    } catch (caught) {
      if (signal.aborted) return;
      const problem = caught instanceof FleetError ? (caught.diagnostics[0]?.message ?? "") : String(caught);
      log.error("error creating journal tailer", { err: problem, path: settings.path });
      options.health(problem);
      await sleep(PAUSE, undefined, { signal }).catch(() => undefined);
    }
  }
}

/**
 * --merge, because journalctl --follow otherwise begins with the newest boot; --all, because long values would be
 * null.
 */
function commonArguments({ path }: JournalSettings): string[] {
  const where = path === "" ? [] : ["--directory", path];
  return [...where, "--merge", "--output", "json", "--all", "--no-pager", "--quiet"];
}

/**
 * The cursor, unless the entry that it leads to (its own, or the next where that is gone) is older than max_age or
 * there is none: then max_age.
 */
async function beginning(
  settings: JournalSettings,
  { journalctl, cursor, rereads, log, signal }: FollowOptions,
): Promise<readonly string[]> {
  const oldest = Date.now() - settings.maxAge;
  const since = settings.maxAge === 0 ? [] : ["--since", `@${(oldest / 1000).toFixed(3)}`];
  if (cursor === undefined) return since;
  const args = [...commonArguments(settings), "--lines", "1", "--cursor", cursor];
  try {
    for await (const line of lines(journalctl.path, args, { signal })) {
      const time = entryTime(parseObject(line) ?? {});
      if (time === undefined || (settings.maxAge !== 0 && time < BigInt(oldest) * 1000n)) return since;
      return [rereads ? "--cursor" : "--after-cursor", cursor];
    }
    log.error("received error reading saved journal position", { err: "there is no entry at the cursor" });
  } catch (caught) {
    if (signal.aborted || !(caught instanceof FleetError)) throw caught;
    const err = caught.diagnostics[0]?.message ?? "";
    log.error("received error reading saved journal position", { err });
  }
  return since;
}
