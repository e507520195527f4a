import { error, warning, type Diagnostic } from "../diagnostics/index.ts";
import { findAlloy } from "../oracle/index.ts";
import type { Input } from "./input.ts";
import type { Io } from "./io.ts";

/** What the real alloy says beside fleet. `program` describes it, undefined when there is none. */
export interface OracleReport {
  program: string | undefined;
  diagnostics: Diagnostic[];
}

/**
 * Asks the real alloy to convert the same promtail configuration, which must give the text of fleet's own
 * conversion, and to format the Alloy file, which must stay as it is. Says so where there is no alloy.
 *
 * @throws FleetError `process/timeout`
 */
export async function askAlloy(
  texts: { promtail: Input; converted: string; alloy: Input },
  io: Pick<Io, "cwd" | "env" | "signal" | "log">,
): Promise<OracleReport> {
  const real = await findAlloy({ env: io.env, cwd: io.cwd, log: io.log, signal: io.signal });
  if (real === undefined) {
    const message = "there is no alloy on this machine; only fleet's own conversion was compared";
    const hint = "put alloy on PATH to have it asked too";
    return { program: undefined, diagnostics: [warning("parity/oracle-missing", message, { hint })] };
  }
  const { promtail, converted, alloy } = texts;
  const diagnostics: Diagnostic[] = [];
  const conversion = await real.convert(promtail.text);
  if (!conversion.ok) {
    const message = `alloy convert refuses ${promtail.name}: ${conversion.reason}`;
    diagnostics.push(error("parity/oracle", message, { hint: "correct the promtail configuration" }));
  } else if (conversion.text !== converted) {
    const line = firstDifference(conversion.text, converted);
    const message = `alloy convert and fleet convert differ from line ${line} on`;
    diagnostics.push(
      error("parity/oracle", message, { hint: "fleet speaks for Alloy 1.18; compare the texts" }),
    );
  }
  const formatted = await real.format(alloy.text);
  if (!formatted.ok || formatted.text !== alloy.text) {
    const message = `alloy fmt ${formatted.ok ? "changes" : "refuses"} ${alloy.name}`;
    diagnostics.push(error("parity/oracle", message, { hint: `fleet fmt -w ${alloy.name}` }));
  }
  return { program: real.program.description, diagnostics };
}

/** The number of the first line that is not the same. */
function firstDifference(left: string, right: string): number {
  const others = right.split("\n");
  return left.split("\n").findIndex((line, at) => line !== others[at]) + 1;
}
