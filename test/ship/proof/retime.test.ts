import t from "tap";
import { maxAge, promtailShape } from "../../../src/ship/proof/promtail-shape.ts";
import { retime } from "../../../src/ship/proof/retime.ts";

t.test("entries of another machine and time become recent ones of the host, their distances kept", (t) => {
  const entries = [
    { __REALTIME_TIMESTAMP: "5000", _HOSTNAME: "web", MESSAGE: "a" },
    { __REALTIME_TIMESTAMP: "9000", MESSAGE: "b" },
    { MESSAGE: "no time" },
  ];
  t.same(retime(entries, "nas", 100_000_000n), [
    { __REALTIME_TIMESTAMP: "39996000", _HOSTNAME: "nas", MESSAGE: "a" },
    { __REALTIME_TIMESTAMP: "40000000", _HOSTNAME: "nas", MESSAGE: "b" },
  ]);
  t.end();
});

t.test("max_age is read as a Go duration", (t) => {
  const age = (journal: object): bigint | undefined => {
    const [scrape] = promtailShape({ clients: [{}], scrape_configs: [{ journal }] }).scrapes;
    return scrape && maxAge(scrape);
  };
  t.equal(age({ max_age: "12h" }), 43_200_000_000n);
  t.equal(age({ max_age: "1h30m0.5s" }), 5_400_500_000n);
  t.equal(age({}), 25_200_000_000n);
  t.end();
});
