import t from "tap";
import { labelNames, queryEntries, quote, selector } from "../../src/loki/index.ts";
import { judge } from "../../src/loki/assertions.ts";
import { fakeLoki } from "./fake-loki.ts";

const STREAM = { host: "nas" };

/** Answers range queries over these entries as Loki does: from start on, oldest first, at most `limit`. */
function answering(entries: readonly (readonly [timestamp: number, line: string])[]) {
  return ({ query }: { query: URLSearchParams }) => {
    const within = entries.filter(
      ([time]) => time >= Number(query.get("start")) && time < Number(query.get("end")),
    );
    const values = within
      .slice(0, Number(query.get("limit")))
      .map(([time, line]) => [String(time), line, {}]);
    return {
      status: 200,
      body: { status: "success", data: { resultType: "streams", result: [{ stream: STREAM, values }] } },
    };
  };
}

t.test("all entries are found however small the pages, also those that share a timestamp", async (t) => {
  const entries = [1, 2, 2, 2, 3, 4, 4, 5].map((time, index) => [time, `line ${index}`] as const);
  const { url, received } = await fakeLoki(t, answering(entries));
  for (const page of [4, 5, 7, 8, 9]) {
    const found = await queryEntries({ url }, selector(STREAM), { start: 0n, end: 10n }, page);
    t.same(
      found.map(({ line }) => line),
      entries.map(([, line]) => line),
      `pages of ${page}`,
    );
  }
  t.equal(received[0]?.query.get("query"), '{host="nas"}');
});

t.test("more entries at one timestamp than a page holds are an error, not a wrong count", async (t) => {
  const { url } = await fakeLoki(
    t,
    answering([1, 1, 1].map((time, index) => [time, String(index)] as const)),
  );
  await t.rejects(queryEntries({ url }, "{}", { start: 0n, end: 9n }, 2), /loki\/too-many-at-once/);
});

t.test("an answer that is no answer is an error with Loki's own words", async (t) => {
  const range = { start: 0n, end: 1n };
  const refusing = await fakeLoki(t, () => ({ status: 400, body: "parse error at line 1" }));
  await t.rejects(
    queryEntries({ url: refusing.url }, "{", range),
    /loki\/query-failed: .*\{: status 400: parse error/,
  );
  const page = await fakeLoki(t, () => ({ status: 200, body: "<html>" }));
  await t.rejects(queryEntries({ url: page.url }, "{}", range), /not JSON/);
  const other = await fakeLoki(t, () => ({ status: 200, body: { data: 1 } }));
  await t.rejects(queryEntries({ url: other.url }, "{}", range), /another shape/);
});

t.test("no labels at all are an empty list", async (t) => {
  const { url } = await fakeLoki(t, () => ({ status: 200, body: { status: "success" } }));
  t.same(await labelNames({ url }, "{}", { start: 0n, end: 1n }), []);
});

t.test("a literal of LogQL holds any text", (t) => {
  t.equal(quote('^a\\.b "c"\n'), '"^a\\\\.b \\"c\\"\\n"');
  t.end();
});

t.test("each kind of expectation tells what was found beside what should have been", (t) => {
  const found = ["b", "a", "a"].map((line, index) => ({
    labels: line === "a" ? { unit: "sshd.service" } : {},
    timestamp: String(index),
    line,
    structured_metadata: {},
  }));
  const base = { name: "n", logql: "{}" };
  const check = (expect: Parameters<typeof judge>[0]["expect"]) => judge({ ...base, expect }, found);
  t.match(check({ kind: "none" }), { ok: false, expected: 0, got: 3 });
  t.match(judge({ ...base, expect: { kind: "none" } }, []), { ok: true });
  t.match(check({ kind: "some" }), { ok: true });
  t.match(judge({ ...base, expect: { kind: "some" } }, []), { ok: false, expected: 1, got: 0 });
  t.match(check({ kind: "count", count: 3 }), { ok: true });
  t.match(check({ kind: "count", count: 2 }), { ok: false, expected: 2, got: 3 });
  t.match(check({ kind: "lines", lines: ["a", "b", "a"] }), { ok: true });
  t.match(check({ kind: "lines", lines: ["a", "b"] }), { ok: false, got: ["a", "a", "b"] });
  const many = Array.from(
    { length: 30 },
    (_, index) => ({ ...found[0], line: `line ${index}` }) as (typeof found)[0],
  );
  const lines = many.map(({ line }) => line);
  const checkMany = (expected: string[]) =>
    judge({ ...base, expect: { kind: "lines", lines: expected } }, many);
  t.match(checkMany(lines), { ok: true, expected: 30, got: 30 }, "many equal lines are only counted");
  t.match(
    checkMany([...lines.slice(1), "line 5"]),
    { ok: false, expected: ["line 5"], got: ["line 0"] },
    "of many lines those that differ are shown",
  );
  t.match(check({ kind: "counts", by: "unit", counts: { "sshd.service": 2, "": 1 } }), { ok: true });
  t.match(check({ kind: "counts", by: "unit", counts: { "sshd.service": 3 } }), {
    ok: false,
    got: { "": 1, "sshd.service": 2 },
  });
  t.end();
});
