import type { Arguments } from "../config/arguments.ts";
import type { Drop, Step } from "../receiver.ts";

const MIN_DISTINCT_LABELS = 10_000;

/**
 * stage.limit. Entries are taken to arrive all at once, as they do when Alloy reads a backlog: the burst passes,
 * and nothing refills it. Without `drop` the real stage only waits, so all entries pass.
 */
export function limit(args: Arguments): Step {
  const burst = args.number("burst");
  const rate = args.number("rate");
  const byLabel = args.string("by_label_name", "");
  const drops = args.bool("drop", false);
  if (rate <= 0 || burst <= 0) args.fail("rate and burst must be greater than 0");
  if (byLabel !== "" && !drops) args.fail("drop must be true with by_label_name", "by_label_name");
  const dropped: Drop = { reason: "ratelimit_drop_stage", detail: `more than the burst of ${burst} at once` };
  if (!drops) return () => undefined;
  if (byLabel === "") {
    let left = burst;
    return () => (left-- > 0 ? undefined : dropped);
  }
  const buckets = new Generations(
    Math.max(args.number("max_distinct_labels", 0), MIN_DISTINCT_LABELS),
    burst,
  );
  return (entry) => {
    const value = entry.labels.get(byLabel);
    if (value === undefined) return undefined;
    const bucket = buckets.get(value);
    return bucket.left-- > 0 ? undefined : dropped;
  };
}

/** Counters by label value in two generations, so that values no longer seen are forgotten, as Alloy does. */
class Generations {
  readonly #size: number;
  readonly #burst: number;
  #old = new Map<string, { left: number }>();
  #new = new Map<string, { left: number }>();

  constructor(size: number, burst: number) {
    this.#size = size;
    this.#burst = burst;
  }

  get(key: string): { left: number } {
    const known = this.#new.get(key);
    if (known !== undefined) return known;
    const counter = this.#old.get(key) ?? { left: this.#burst };
    this.#new.set(key, counter);
    if (this.#new.size === this.#size) {
      this.#old = this.#new;
      this.#new = new Map();
    }
    return counter;
  }
}

/** stage.sampling. The real stage keeps entries by chance; here always the same ones, in the same proportion. */
export function sampling(args: Arguments): Step {
  const rate = args.number("rate");
  if (rate < 0 || rate > 1) args.fail(`rate must be between 0 and 1, not ${rate}`, "rate");
  const reason = args.string("drop_counter_reason", "sampling_stage");
  let share = 0;
  return () => {
    share += rate;
    if (share < 1) return { reason, detail: `not among the ${rate * 100} % that are kept` };
    share -= 1;
    return undefined;
  };
}
