import t from "tap";
import { asSeenByLoki, compareArrivals, type Arrival } from "../../src/parity/index.ts";

const ENTRY: Arrival = {
  labels: { job: "journal" },
  timestamp: "1000",
  line: "one",
  structured_metadata: {},
  tenant: null,
};

t.test("Loki shows an exact duplicate once, and what was read twice twice", (t) => {
  const { entries, streams } = asSeenByLoki([
    ENTRY,
    { ...ENTRY },
    { ...ENTRY, structured_metadata: { a: "b" } },
  ]);
  t.same({ entries, streams }, { entries: 2, streams: 1 });
  t.equal(asSeenByLoki([0, 1].map(() => ({ ...ENTRY, timestamp: null }))).entries, 2);
  t.end();
});

t.test("Loki shows neither a stream of empty lines nor entries of a tenant that it refuses", (t) => {
  const empty = { ...ENTRY, labels: { job: "empty" }, line: "" };
  t.equal(asSeenByLoki([empty, ENTRY, { ...ENTRY, line: "" }]).entries, 2);
  t.equal(
    asSeenByLoki([
      { ...ENTRY, tenant: "a/b" },
      { ...ENTRY, tenant: "a-b" },
    ]).entries,
    1,
  );
  t.end();
});

t.test(
  "entries are paired by their time, then by their line, so that a difference tells what changed",
  (t) => {
    const left = [
      ENTRY,
      { ...ENTRY, timestamp: "2000", line: "two" },
      { ...ENTRY, timestamp: "3000", line: "three" },
    ];
    const right = [
      { ...ENTRY, labels: { job: "other" } },
      { ...ENTRY, timestamp: "2500", line: "two" },
      { ...ENTRY, timestamp: "4000", line: "four" },
    ];
    const { equal, differences } = compareArrivals(asSeenByLoki(left), asSeenByLoki(right));
    t.equal(equal, 0);
    t.same(differences, [
      { left: left[0], right: right[0] },
      { left: left[1], right: right[1] },
      { left: left[2], right: undefined },
      { left: undefined, right: right[2] },
    ]);
    t.end();
  },
);

t.test(
  "a difference is allowed where both models differ over the same configuration, and nowhere else",
  (t) => {
    const moved = { ...ENTRY, timestamp: "1001" };
    const [promtail, lossless] = [asSeenByLoki([ENTRY]), asSeenByLoki([moved])];
    const programs = { promtail, lossless };
    const compared = compareArrivals(promtail, lossless, programs);
    t.same(compared.differences, [{ left: ENTRY, right: moved, allowed: "program" }]);
    const other = compareArrivals(promtail, asSeenByLoki([{ ...ENTRY, line: "else" }]), programs);
    t.equal(other.differences[0]?.allowed, undefined, "Alloy does not do this with the lossless conversion");
    const lost = compareArrivals(asSeenByLoki([]), lossless, { promtail: lossless, lossless });
    t.equal(lost.differences[0]?.allowed, undefined, "Promtail would send it, and did not");
    t.end();
  },
);
