import t from "tap";
import { parseDuration, parseSize } from "../../src/alloy/index.ts";

t.test("durations are read as Go reads them", (t) => {
  const hour = 3_600_000_000_000n;
  for (const [text, expected] of [
    ["0", 0n],
    ["1h30m", hour + hour / 2n],
    ["-1.5h", -(hour + hour / 2n)],
    ["+5s", 5_000_000_000n],
    [".5s", 500_000_000n],
    ["1.s", 1_000_000_000n],
    ["1us1\u00b5s1\u03bcs", 3000n],
    ["0.9ns", 0n],
    ["2562047h47m16.854s", 9_223_372_036_854_000_000n],
    ["2562048h", undefined],
    ["9".repeat(400) + "h", undefined],
    ["", undefined],
    ["-", undefined],
    ["5", undefined],
    [".s", undefined],
    ["1.2.3s", undefined],
    ["1 s", undefined],
    ["7d", undefined],
    ["s", undefined],
    ["1s-1s", undefined],
  ] as const) {
    t.equal(parseDuration(text), expected, JSON.stringify(text));
  }
  t.end();
});

t.test("units of sizes are powers of two, with an i throughout or nowhere", (t) => {
  for (const [text, expected] of [
    ["0", 0],
    ["16B", 16],
    ["1KB", 1024],
    ["1KiB", 1024],
    ["1.5MiB", 1_572_864],
    [".5KiB", 512],
    ["1GiB1KiB", 1_073_742_848],
    ["0.5B", 0],
    ["-1B", -1],
    ["1KiB1KB", undefined],
    ["16", undefined],
    ["1kb", undefined],
    ["", undefined],
  ] as const) {
    t.equal(parseSize(text), expected, JSON.stringify(text));
  }
  t.end();
});
