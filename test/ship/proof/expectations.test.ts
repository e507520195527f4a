import { readFileSync } from "node:fs";
import t from "tap";
import { parse } from "yaml";
import { corpus } from "../../../src/ship/proof/corpus.ts";
import { expectations } from "../../../src/ship/proof/expectations.ts";
import { readPromtail } from "../../../src/ship/proof/prediction.ts";
import { promtailShape } from "../../../src/ship/proof/promtail-shape.ts";

const NOW = 1_795_320_000_000_000n;
const flagship: unknown = parse(
  readFileSync(new URL("../../oracle/cases/flagship_journal/promtail.yaml", import.meta.url), "utf8"),
);

t.test("the built-in entries exercise every drop and every rewrite of the flagship pipeline", (t) => {
  const { assertions, counts, limits } = expectations(
    readPromtail(promtailShape(flagship)),
    corpus("nas", NOW),
  );
  t.same(limits, []);
  t.same(counts.byDrop, [
    { rule: "msg =~ ^refused connection: IN=", dropped: 2 },
    { rule: "msg =~ ^Invalid response packet from host", dropped: 1 },
    { rule: "msg =~ CTRL-EVENT-(BEACON-LOSS|SIGNAL-CHANGE)", dropped: 2 },
    { rule: "unit,msg =~ ^dbus\\.service;.*Rejected send message", dropped: 1 },
  ]);
  t.equal(counts.sent + counts.dropped, counts.entries);
  t.matchOnly(assertions[0], {
    name: "all other entries arrive, once, with job=systemd-journal and host=nas",
    logql: '{job="systemd-journal", host="nas"}',
    expect: { kind: "count", count: counts.entries - 6 },
  });
  const find = (name: RegExp) => assertions.filter((assertion) => name.test(assertion.name));
  t.match(find(/dbus/), [
    {
      logql:
        '{job="systemd-journal", host="nas"} | line_format "{{.unit}};{{__line__}}" |~ "^dbus\\\\.service;.*Rejected send message"',
      expect: { kind: "none" },
    },
  ]);
  t.match(find(/unit=session-12.scope/), [{ expect: { kind: "none" } }]);
  t.match(find(/unit=session.scope instead/), [{ expect: { kind: "count", count: 3 } }]);
  t.match(find(/coredump_unit=imgd.service/), [
    {
      expect: {
        kind: "lines",
        lines: [
          "/nix/store/abc-imgd-2.1/bin/imgd core dumped (user: 990/989, command: imgd --listen 127.0.0.1:8080)",
        ],
      },
    },
  ]);
  t.equal(find(/coredump_unit=.* reshaped line/).length, 3);
  const [byUnit] = find(/the label unit has/);
  t.match(byUnit?.expect, {
    kind: "counts",
    by: "unit",
    counts: { kernel: 4, audit: 2, "session.scope": 3 },
  });
  t.end();
});

t.test("a drop that nothing exercises is said, and so is one that LogQL cannot see", (t) => {
  const config = structuredClone(flagship) as { scrape_configs: [{ pipeline_stages: unknown[] }] };
  const stages = config.scrape_configs[0].pipeline_stages;
  stages.splice(-1, 0, { drop: { source: "msg", expression: "^never seen" } });
  stages.splice(-1, 0, { drop: { source: "coredump_exe", expression: "thumbnailer$" } });
  const { limits, counts } = expectations(readPromtail(promtailShape(config)), corpus("nas", NOW));
  t.same(limits, [
    "no entry exercised the drop msg =~ ^never seen",
    "the drop coredump_exe =~ thumbnailer$ tests values that do not reach Loki; only the counts cover it",
  ]);
  t.equal(counts.byDrop.at(-1)?.dropped, 1);
  t.end();
});

t.test("where a stage cannot be predicted nothing is asserted that could be wrong", (t) => {
  const config = structuredClone(flagship) as { scrape_configs: [{ pipeline_stages: unknown[] }] };
  config.scrape_configs[0].pipeline_stages.unshift({ multiline: { firstline: "^x" } });
  const { assertions, all, limits } = expectations(readPromtail(promtailShape(config)), corpus("nas", NOW));
  t.equal(all, '{job="systemd-journal"}');
  t.same(
    assertions.map(({ expect }) => expect.kind),
    ["some", "none", "none", "none", "none"],
  );
  t.match(limits, [
    "stage 1 (multiline) of the promtail configuration cannot be predicted by the proof",
    /not asserted/,
  ]);
  t.end();
});

t.test("entries that Loki cannot tell apart are expected once", (t) => {
  const [entry] = corpus("nas", NOW);
  const entries = entry === undefined ? [] : [entry, { ...entry }];
  const { counts } = expectations(readPromtail(promtailShape(flagship)), entries);
  t.match(counts, { entries: 2, sent: 1, dropped: 0 });
  t.end();
});
