import {
  emptyLoki,
  expectLoki,
  log,
  reboot as rebootMachine,
  scenario,
  stopUnit,
  subtest,
  waitForUnit,
} from "../scenario/toolkit.ts";

/**
 * Loki takes a line that it has already for the same line, so lines that are sent twice would not be seen. That is
 * why it is emptied before the machine reboots: what it has then was sent after.
 */
export const reboot = scenario({
  name: "reboot",
  description:
    "After a reboot Alloy goes on where it was: nothing logged meanwhile is lost, nothing old is sent again.",
  steps: ({ all }) => [
    subtest(
      "lines arrive before the reboot",
      log("before-{{nonce}}", { lines: 3 }),
      // The last entry of the journal is sent again whenever Alloy starts; it shall not be one of those above.
      log("between-{{nonce}}"),
      expectLoki({ name: "lines from before", query: `${all} |= "before-{{nonce}}"`, count: 3 }),
      expectLoki({ name: "the line behind them", query: `${all} |= "between-{{nonce}}"`, count: 1 }),
    ),
    subtest(
      "Alloy stops, lines are logged, the machine reboots",
      stopUnit("alloy.service"),
      log("meanwhile-{{nonce}}", { lines: 3 }),
      emptyLoki(),
      rebootMachine(),
      waitForUnit("alloy.service"),
    ),
    subtest(
      "what was logged meanwhile arrives, what had arrived before is not sent again",
      log("after-{{nonce}}"),
      expectLoki({
        name: "a line from after the reboot",
        query: `${all} |= "after-{{nonce}}"`,
        count: 1,
        within: 180,
      }),
      expectLoki({ name: "lines from meanwhile", query: `${all} |= "meanwhile-{{nonce}}"`, count: 3 }),
      expectLoki({ name: "lines from before", query: `${all} |= "before-{{nonce}}"`, count: 0 }),
    ),
  ],
});
