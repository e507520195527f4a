import fc from "fast-check";
import { isDeepStrictEqual } from "node:util";
import t from "tap";
import { parse } from "../../src/alloy/index.ts";
import {
  compile,
  isMalformed,
  parseJournalJson,
  type JournalEntry,
  type JournalReader,
} from "../../src/pipeline/index.ts";
import type { Diagnostic } from "../../src/diagnostics/index.ts";

/** A reader of a pipeline that looks at MESSAGE, PRIORITY and _SYSTEMD_UNIT, by rules, matches and stage.json. */
function newReader(): JournalReader {
  const config = `
loki.relabel "r" {
  forward_to = []
  rule {
    source_labels = ["__journal_priority_keyword"]
    target_label  = "level"
  }
}
loki.source.journal "a" {
  format_as_json = true
  matches        = "_SYSTEMD_UNIT=u"
  relabel_rules  = loki.relabel.r.rules
  forward_to     = [loki.process.p.receiver]
}
loki.process "p" {
  forward_to = []
  stage.json {
    expressions = {msg = "MESSAGE"}
  }
}`;
  const { pipeline } = compile(parse("c.alloy", config).file, { alloyVersion: "1.18.1", env: {} });
  if (pipeline === undefined) throw new Error("the configuration is refused");
  return pipeline.journalReader();
}

const reader = newReader();

/** All that can be seen of an entry: what is wanted of it, what is not, then everything. */
function seen(entry: JournalEntry | Diagnostic): unknown {
  if (isMalformed(entry)) return entry;
  const { fields, timestamp } = entry;
  const some = ["MESSAGE", "PRIORITY", "_SYSTEMD_UNIT", "_PID", "__CURSOR"].map((name) => fields.get(name));
  return { timestamp, some, all: [...fields], again: fields.get("MESSAGE") };
}

/** Lines as the reader sees them, and as JSON.parse does. */
function both(lines: Buffer): [unknown, unknown] {
  const parsed = lines
    .toString("latin1")
    .split("\n")
    .map((line) => new TextDecoder().decode(Buffer.from(line, "latin1")))
    .filter((line) => line.trim() !== "")
    .map(parseJournalJson);
  reader.count = 0;
  return [[...reader.read(lines)].map(seen), parsed.map(seen)];
}

const name = fc.constantFrom(
  "MESSAGE",
  "PRIORITY",
  "_SYSTEMD_UNIT",
  "_PID",
  "MESSAGE_ID",
  "__REALTIME_TIMESTAMP",
  "__CURSOR",
  "__proto__",
  "Ünit",
  "7",
  "",
);
const byte = fc.integer({ min: 0, max: 255 });
const value = fc.oneof(
  fc.string({ unit: "grapheme" }),
  fc.string({ unit: "binary" }),
  fc.constant(null),
  fc.array(byte),
  fc.array(fc.oneof(fc.string(), fc.array(byte)), { maxLength: 3 }),
  fc.constantFrom(7, 1e21, true, {}, [256], [-1], "5", "20000000000000000000", 17_000_000),
);
/** Members in any order and number, one name several times, with the escapes that JSON allows. */
const line = fc
  .record({
    members: fc.array(fc.tuple(name, value), { maxLength: 8 }),
    time: fc.constantFrom(undefined, "1795300000020011", "0", "soon", 5, null, [49]),
    spaced: fc.boolean(),
    escaped: fc.boolean(),
  })
  .map(({ members, time, spaced, escaped }) => {
    const all: [string, unknown][] =
      time === undefined ? members : [["__REALTIME_TIMESTAMP", time], ...members];
    const json = (one: unknown): string => {
      const text = JSON.stringify(one);
      return escaped && typeof one === "string" ? text.replace(/[a-zA-Z]/g, escape) : text;
    };
    const pairs = all.map(([key, one]) => `${JSON.stringify(key)}:${spaced ? " " : ""}${json(one)}`);
    return `{${pairs.join(",")}}`;
  });

/** A letter as \u0061; one that follows a backslash belongs to an escape already. */
function escape(letter: string, at: number, text: string): string {
  if (/\\u?[0-9a-f]*$/.test(text.slice(0, at))) return letter;
  return `\\u${letter.charCodeAt(0).toString(16).padStart(4, "0")}`;
}

const settings = { numRuns: Number(process.env["FLEET_PROPERTY_RUNS"] ?? 500) };

t.test(
  "a line is read as JSON.parse reads them: escapes, bytes, repeated fields, nulls, and what is no entry",
  (t) => {
    fc.assert(
      fc.property(fc.array(line, { maxLength: 4 }), (texts) =>
        isDeepStrictEqual(...both(Buffer.from(texts.join("\n")))),
      ),
      settings,
    );
    t.end();
  },
);

t.test("a line with a byte changed, put in or cut out is read, or refused, as by JSON.parse", (t) => {
  const mutant = fc
    .tuple(line, fc.nat(), fc.constantFrom(0, 1), fc.uint8Array({ maxLength: 1 }))
    .map(([text, place, cut, put]) => {
      const bytes = Buffer.from(text);
      const at = place % bytes.length;
      return Buffer.concat([bytes.subarray(0, at), put, bytes.subarray(at + cut)]);
    });
  fc.assert(
    fc.property(mutant, (bytes) => isDeepStrictEqual(...both(bytes))),
    settings,
  );
  t.end();
});

t.test("texts at the edges of JSON are read, or refused, as by JSON.parse", (t) => {
  const time = '"__REALTIME_TIMESTAMP":"5"';
  for (const rest of [
    "",
    '"MESSAGE":"tab\there"',
    String.raw`"MESSAGE":"\u00"`,
    String.raw`"MESSAGE":"\x41"`,
    String.raw`"MESSAGE":"\ud83d\ude80 \ud800"`,
    String.raw`"MESSAGE":"ends in a backslash\\"`,
    String.raw`"MESS\u0041GE":"a name with an escape"`,
    '"MESSAGE":"first","MESSAGE":"last"',
    '"MESSAGE":"first","MESSAGE":null',
    '"MESSAGE":[0,255,10]',
    '"MESSAGE":[01]',
    '"MESSAGE":[1,]',
    '"MESSAGE":[1000]',
    '"MESSAGE":[]',
    '"MESSAGE":nul',
    '"MESSAGE":"a"}',
    '"MESSAGE":"a",',
    '"MESSAGE":{"a":"b"}',
    ...Array.from({ length: 3 }, (_, at) =>
      Array.from({ length: 255 + at }, (_, field) => `"F${field}":"x"`).join(","),
    ),
  ]) {
    const [read, parsed] = both(Buffer.from(`{${time}${rest === "" ? "" : ","}${rest}}`));
    t.ok(isDeepStrictEqual(read, parsed), rest.slice(0, 60));
  }
  for (const bytes of [[0xff], [0xef, 0xbb, 0xbf], [0xc3], []]) {
    const message = Buffer.concat([Buffer.from(`{${time},"MESSAGE":"`), Uint8Array.from(bytes)]);
    const [read, parsed] = both(Buffer.concat([message, Buffer.from('"}')]));
    t.ok(isDeepStrictEqual(read, parsed), `the bytes ${bytes.join(" ")}`);
  }
  const marked = both(Buffer.from(`\ufeff{${time}}`));
  t.ok(isDeepStrictEqual(...marked), "a byte order mark");
  t.end();
});
