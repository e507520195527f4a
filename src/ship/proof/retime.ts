import { entryTime, type RawEntry } from "../journal/entry.ts";

/**
 * Entries of another time and host as if they were of `host` and had just been written: the newest a minute
 * before `now` (microseconds since 1970), the distances kept. Entries without a time are left out.
 */
export function retime(entries: readonly RawEntry[], host: string, now: bigint): RawEntry[] {
  const timed = entries.flatMap((entry) => {
    const time = entryTime(entry);
    return time === undefined ? [] : [{ entry, time }];
  });
  const newest = timed.reduce((latest, { time }) => (time > latest ? time : latest), 0n);
  const shift = now - 60_000_000n - newest;
  return timed.map(({ entry, time }) => ({
    ...entry,
    _HOSTNAME: host,
    __REALTIME_TIMESTAMP: String(time + shift),
  }));
}
