import type { BigIntStats } from "node:fs";
import t from "tap";
import { StatCache } from "../../src/gate/cache/stat-cache.ts";

const SECOND = 1_000_000_000n;
const now = (): bigint => BigInt(Date.now()) * 1_000_000n;

/** What lstat says of a file that was changed at `ctimeNs`. */
function stats(changes: Record<string, bigint>): BigIntStats {
  const plain = { mode: 33188n, size: 3n, mtimeNs: 5n, ctimeNs: 5n, ino: 1n, dev: 1n };
  return { ...plain, ...changes } as unknown as BigIntStats;
}

/** How often the digest is computed when two looks see these states. */
function computed(first: BigIntStats, second: BigIntStats): number {
  let times = 0;
  const cache = new StatCache();
  for (const seen of [first, second]) cache.digest("/file", seen, () => String((times += 1)));
  return times;
}

t.test("a file that lstat says nothing new of is not read again", (t) => {
  t.equal(computed(stats({}), stats({})), 1);
  for (const name of ["mode", "size", "mtimeNs", "ctimeNs", "ino", "dev"] as const) {
    t.equal(computed(stats({}), stats({ [name]: 7n })), 2, name);
  }
  t.end();
});

t.test(
  "a file that was changed a moment ago is read again, for it may change again in the same moment",
  (t) => {
    const racy = stats({ ctimeNs: now() - 1_000_000n });
    t.equal(computed(racy, racy), 2);
    const settled = stats({ ctimeNs: now() - SECOND + 1n });
    t.equal(computed(settled, settled), 1);
    const coarse = stats({ ctimeNs: ((now() - SECOND) / SECOND) * SECOND });
    t.equal(computed(coarse, coarse), 2, "a file system that counts in seconds has longer moments");
    t.end();
  },
);

t.test("a file from the future, after the clock was set back, is read each time", (t) => {
  const future = stats({ ctimeNs: now() + 3600n * SECOND });
  t.equal(computed(future, future), 2);
  t.end();
});

t.test("what was learnt is what another run begins with", (t) => {
  const first = new StatCache();
  first.digest("/file", stats({}), () => "digest");
  const second = new StatCache(first.rows());
  t.equal(
    second.digest("/file", stats({}), () => "another"),
    "digest",
  );
  t.notOk(second.changed);
  t.end();
});
