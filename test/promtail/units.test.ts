import t from "tap";
import { formatDuration, formatSize, parseByteSize, parseDuration } from "../../src/promtail/index.ts";

t.test("durations are read and printed as Go does", (t) => {
  const printed: [string, string][] = [
    ["12h", "12h0m0s"],
    ["90m", "1h30m0s"],
    ["1.5s", "1.5s"],
    ["250ms", "250ms"],
    ["1500us", "1.5ms"],
    ["10ns", "10ns"],
    ["-1m", "-1m0s"],
    ["0", "0s"],
    ["8760h", "8760h0m0s"],
  ];
  for (const [text, expected] of printed) t.equal(formatDuration(parseDuration(text) ?? -1n), expected, text);
  for (const text of ["", "1", "1d", "h", "1h 30m", "nope"]) t.equal(parseDuration(text), undefined, text);
  t.end();
});

t.test("sizes are read as promtail's options are and printed as Alloy does", (t) => {
  const printed: [string, string][] = [
    ["1000", "1000B"],
    ["256kb", "256KiB"],
    ["2M", "2MiB"],
    ["1.5KB", "1KiB512B"],
    ["1000000", "976KiB576B"],
    ["0", "0B"],
  ];
  for (const [text, expected] of printed) t.equal(formatSize(parseByteSize(text) ?? -1n), expected, text);
  for (const text of ["2MiB", "", "B", "99999999999999999999"]) t.equal(parseByteSize(text), undefined, text);
  t.end();
});
