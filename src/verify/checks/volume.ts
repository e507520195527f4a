import { findSeries, selector } from "../../loki/index.ts";
import { count, countQuery, plural, type CheckResult, type Look } from "../check.ts";

/** No label has more values, and the host no more streams, than Loki is to carry. */
export async function cardinality({ expectations, connection, range, limits }: Look): Promise<CheckResult> {
  const logql = selector(expectations.common);
  const streams = await findSeries(connection, logql, range);
  const names = [...new Set(streams.flatMap((stream) => Object.keys(stream)))].sort();
  const values = names.map((name) => ({
    name,
    count: new Set(streams.flatMap((stream) => stream[name] ?? [])).size,
  }));
  const most = values.toSorted((a, b) => b.count - a.count)[0];
  const over = values.filter((one) => one.count > limits.values);
  const failed = over.length > 0 || streams.length > limits.streams;
  const widest = over.length > 0 ? over : most === undefined ? [] : [most];
  return {
    id: "cardinality",
    name: "labels have few values",
    status: failed ? "failed" : streams.length === 0 ? "unseen" : "held",
    expected: `at most ${limits.values} values of a label, ${limits.streams} streams`,
    seen: [
      plural(streams.length, "stream"),
      ...widest.map((one) => `${plural(one.count, "value")} of ${one.name}`),
    ].join(", "),
    logql: [logql],
  };
}

/** As many lines as in the same hours before. */
export async function rate(look: Look, baseline: number): Promise<CheckResult> {
  const { expectations, connection, range, limits } = look;
  const shift = BigInt(baseline) * 1_000_000n;
  const before = { start: range.start - shift, end: range.end - shift };
  const logql = selector(expectations.common);
  const [now, then] = [await count(connection, logql, range), await count(connection, logql, before)];
  const [least, most] = limits.rate;
  const minutes = Number(range.end - range.start) / 60e9;
  const perMinute = (lines: number): string => `${(lines / minutes).toFixed(1)} lines/min`;
  const ratio = now / then;
  return {
    id: "rate",
    name: "as many lines as in the same hours before",
    status: then === 0 ? "unseen" : ratio < least || ratio > most ? "failed" : "held",
    expected:
      then === 0
        ? "lines then, to compare with"
        : `${perMinute(then * least)} to ${perMinute(then * most)} (then ${perMinute(then)})`,
    seen: then === 0 ? `none then, ${perMinute(now)} now` : perMinute(now),
    logql: [countQuery(logql, range), countQuery(logql, before)],
  };
}

/** No line is of the future: the host's clock is right. */
export async function clock({ expectations, connection, range, limits }: Look): Promise<CheckResult> {
  const logql = selector(expectations.common);
  const skew = BigInt(limits.skew) * 1_000_000n;
  const future = { start: range.end + skew, end: range.end + 86_400_000_000_000n };
  const found = await count(connection, logql, future);
  return {
    id: "clock",
    name: "the host's clock is right",
    status: found > 0 ? "failed" : "held",
    expected: `no line more than ${limits.skew / 1000} s ahead of our time`,
    seen: found > 0 ? `${plural(found, "line")} of the future` : "none",
    logql: [countQuery(logql, future)],
  };
}
