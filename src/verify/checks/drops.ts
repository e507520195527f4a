import { count, plural, type CheckResult, type Look } from "../check.ts";
import { passedThrough, type DropRule } from "../drops.ts";
import type { Found, MarkedLines } from "../marker.ts";

/**
 * What each drop is for is not there, and not for want of such lines: one was logged just now and is gone while the
 * control line came after it, or the host's journal holds some.
 */
export async function drops(
  look: Look,
  marked: MarkedLines | undefined,
  found: Found | undefined,
): Promise<CheckResult[]> {
  const results: CheckResult[] = [];
  for (const rule of look.expectations.drops) results.push(await drop(rule, look, marked, found));
  return results;
}

async function drop(
  rule: DropRule,
  look: Look,
  marked: MarkedLines | undefined,
  found: Found | undefined,
): Promise<CheckResult> {
  const { connection, range, witness } = look;
  const logql = passedThrough(rule, look.expectations.common);
  const escaped = logql === undefined ? 0 : await count(connection, logql, range);
  const held = (witness?.outcomes ?? []).filter(
    (one) => one.outcome === "dropped" && one.in === rule.in && one.stage === rule.stage,
  ).length;
  const mark = marked?.drops.find((one) => one.rule === rule);
  const control = marked !== undefined && found?.has(marked.control.token) === true;
  const markArrived = mark !== undefined && found?.has(mark.token) === true;
  const shown = (mark !== undefined && control) || held > 0;
  const failed = escaped > 0 || markArrived;
  const lines = [
    ...(mark === undefined
      ? []
      : [`the marked line ${markArrived ? "arrived" : control ? "is gone" : "cannot be judged"}`]),
    ...(held === 0 ? [] : [`${held} in the host's journal`]),
    logql === undefined ? "such lines cannot be asked for" : `${plural(escaped, "such line")} in Loki`,
  ];
  return {
    id: `drop:${rule.in} ${rule.stage}`,
    name: `dropped: ${rule.what}`,
    status: failed ? "failed" : shown ? "held" : "unseen",
    expected: "none, though the host logs them",
    seen: lines.join(", "),
    logql: logql === undefined ? [] : [logql],
  };
}
