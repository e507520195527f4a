import type { BigIntStats } from "node:fs";

/** Path, signature, digest. */
type Row = readonly [path: string, signature: string, digest: string];

const SECOND = 1_000_000_000n;
/** The clock that files are stamped with moves in steps, of at most 10 ms with Linux, in nanoseconds. */
const TICK = 50_000_000n;

/**
 * Digests of files and directories, known by what lstat says: while size, times, inode, device and mode stay the
 * same, so does the digest. The change time cannot be set by a program, so a file that was put back with its old
 * modification time is seen.
 *
 * What was changed within a step of the clock before it was read is not kept: a second change in that step would
 * leave no trace (git calls such files racy). Nor is what has a change time in the future, after the clock was set back.
 */
export class StatCache {
  readonly #rows: Map<string, Row>;
  #changed = false;

  constructor(rows: readonly Row[] = []) {
    this.#rows = new Map(rows.map((row) => [row[0], row]));
  }

  get changed(): boolean {
    return this.#changed;
  }

  rows(): Row[] {
    return [...this.#rows.values()];
  }

  /** The digest of what is at `path`, from `compute` when it is not known. */
  digest(path: string, stats: BigIntStats, compute: () => string): string {
    const signature = signatureOf(stats);
    const known = this.#rows.get(path);
    if (known?.[1] === signature) return known[2];
    const begun = BigInt(Date.now()) * 1_000_000n;
    const digest = compute();
    const settled = stats.ctimeNs + stepOf(stats) < begun;
    if (settled) this.#rows.set(path, [path, signature, digest]);
    if (settled || this.#rows.delete(path)) this.#changed = true;
    return digest;
  }
}

/** Tells two states of a file apart, but for changes within one step of the clock. */
export function signatureOf({ mode, size, mtimeNs, ctimeNs, ino, dev }: BigIntStats): string {
  return [mode, size, mtimeNs, ctimeNs, ino, dev].join(" ");
}

/** How coarse the times of a file may be, in nanoseconds: file systems without fractions count in up to 2 seconds. */
export function stepOf({ ctimeNs }: BigIntStats): bigint {
  return ctimeNs % SECOND === 0n ? 2n * SECOND : TICK;
}
