import t from "tap";
import { entryTime, fieldText } from "../../src/ship/journal/entry.ts";
import { exportFormat } from "../../src/ship/journal/export-format.ts";

t.test("text goes on a line, what a line cannot hold goes with its length", (t) => {
  const entry = {
    __REALTIME_TIMESTAMP: "1000000",
    __CURSOR: "s=1",
    MESSAGE: "two\nlines",
    _HOSTNAME: "nas",
    COREDUMP_PROC_AUXV: [0, 255],
    TAG: ["a\tb", [1]],
    TOO_LARGE: null,
    lower: "not a field",
  };
  const length = (bytes: number): string => `${String.fromCharCode(bytes)}\0\0\0\0\0\0\0`;
  const expected =
    `__REALTIME_TIMESTAMP=1000000\nMESSAGE\n${length(9)}two\nlines\n_HOSTNAME=nas\n` +
    `COREDUMP_PROC_AUXV\n${length(2)}\0\u00ff\nTAG=a\tb\nTAG\n${length(1)}\u0001\n\n`;
  t.equal(exportFormat([entry]).toString("latin1"), expected);
  t.end();
});

t.test("a field's text is its last value, with U+FFFD for what is not UTF-8", (t) => {
  t.equal(fieldText({ A: "x" }, "A"), "x");
  t.equal(fieldText({ A: ["x", "y"] }, "A"), "y");
  t.equal(fieldText({ A: [0x66, 0xff] }, "A"), "f\ufffd");
  t.equal(fieldText({ A: null }, "A"), undefined);
  t.equal(fieldText({}, "A"), undefined);
  t.equal(entryTime({ __REALTIME_TIMESTAMP: "1795302067500000" }), 1_795_302_067_500_000n);
  t.equal(entryTime({ __REALTIME_TIMESTAMP: "soon" }), undefined);
  t.end();
});
