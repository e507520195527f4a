import { entryTime, type RawEntry } from "../journal/entry.ts";

/**
 * Entries of another time as if they had just been written, the newest a minute before `now` (microseconds since
 * 1970), the distances kept; with `host` as if by that one. Entries without a time are left out.
 */
export function retime(entries: readonly RawEntry[], host: string | undefined, now: bigint): RawEntry[] {
  const timed = entries.flatMap((entry) => {
    const time = entryTime(entry);
    return time === undefined ? [] : [{ entry, time }];
  });
  const newest = timed.reduce((latest, { time }) => (time > latest ? time : latest), 0n);
  const shift = now - 60_000_000n - newest;
  return timed.map(({ entry, time }) => ({
    ...entry,
    ...(host === undefined ? {} : { _HOSTNAME: host }),
    __REALTIME_TIMESTAMP: String(time + shift),
  }));
}
