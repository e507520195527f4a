import { renderDiagnostic, type Diagnostic, type TextOf } from "../../diagnostics/index.ts";
import type { HostReport } from "../../gate/index.ts";
import type { JunitCase } from "../../report/index.ts";
import type { RuleReport } from "../../rules/index.ts";

/** A host as a JUnit case: failed with what is wrong with it, skipped when it could not be judged whole. */
export function junitCase(host: HostReport, textOf: TextOf): JunitCase {
  const { channel, seconds, verdict, diagnostics, unverified } = host;
  const options = unverified.map(({ option }) => option).join(", ");
  return {
    suite: `NixOS ${channel}`,
    name: host.host,
    seconds,
    failures: verdict === "fail" ? [failure(diagnostics, textOf)] : [],
    errors: [],
    ...(verdict === "unverified" ? { skipped: `could not be judged here: ${options}` } : {}),
  };
}

/** A rule as a JUnit case: failed where it counts as an error and does not hold. */
export function ruleCase({ rule, level, diagnostics }: RuleReport, textOf: TextOf): JunitCase {
  const failures = level === "error" && diagnostics.length > 0 ? [failure(diagnostics, textOf)] : [];
  return { suite: "rules", name: rule, seconds: 0, failures, errors: [] };
}

function failure(diagnostics: readonly Diagnostic[], textOf: TextOf): { message: string; text: string } {
  const worst = diagnostics.find(({ severity }) => severity === "error");
  return {
    message: worst?.message ?? "the host does not evaluate",
    text: diagnostics.map((one) => renderDiagnostic(one, { color: false, textOf })).join("\n"),
  };
}
