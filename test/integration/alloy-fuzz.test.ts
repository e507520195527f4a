import t from "tap";
import { fuzz } from "../support/alloy-fuzz.ts";

const RUNS = 20_000;

t.test(
  "mutants of the recorded configurations end without an exception, a hang or a text that is broken",
  (t) => {
    const { refused, accepted, mended, worst } = fuzz(RUNS, 1);
    t.equal(refused + accepted, RUNS);
    t.ok(accepted > RUNS / 20, "many are still Alloy, so that printer and checker are reached");
    t.ok(mended > 0, "and some are mended");
    t.comment(
      `${refused} refused, ${accepted} accepted, ${mended} mended, the slowest ${worst.milliseconds.toFixed(0)} ms`,
    );
    t.end();
  },
);
