import type { BehaviourReport, ParityReport } from "../../parity/index.ts";
import type { JunitCase } from "../../report/index.ts";
import { describeDifference } from "./arrivals.ts";
import type { RealReport } from "./real.ts";

/** Components, behaviour and what arrived as JUnit cases. */
export function junitCases(
  components: ParityReport,
  behaviour: BehaviourReport | undefined,
  real: RealReport | undefined,
): JunitCase[] {
  const cases = components.components.map(({ role, name, result, differences }) => {
    const wrong = differences.filter(({ allowed }) => allowed === undefined);
    const told = wrong.map(
      ({ path, expected, got }) => `${path}: ${expected ?? "nothing"} -> ${got ?? "nothing"}`,
    );
    return judged("components", `${role} ${name.alloy ?? name.promtail ?? ""}`, result !== "different", told);
  });
  if (behaviour !== undefined) {
    const told = behaviour.diagnostics.map(({ message }) => message);
    cases.push(judged("behaviour", `${behaviour.entries} entries come out the same`, behaviour.ok, told));
  }
  for (const { left, right, ok, differences } of real?.checks ?? []) {
    const wrong = differences.filter(({ allowed }) => allowed === undefined);
    cases.push(
      judged("arrived in Loki", `${left} = ${right}`, ok, wrong.slice(0, TOLD).map(describeDifference)),
    );
  }
  return cases;
}

/** Differences that are told one by one. */
const TOLD = 20;

function judged(suite: string, name: string, ok: boolean, told: readonly string[]): JunitCase {
  const failures = ok ? [] : [{ message: told[0] ?? "not there on both sides", text: told.join("\n") }];
  return { suite, name, seconds: 0, failures, errors: [] };
}
