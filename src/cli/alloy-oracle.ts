import { error, warning, type Diagnostic } from "../diagnostics/index.ts";
import { run } from "../process/index.ts";
import { findProgram } from "../programs/index.ts";
import type { Io } from "./io.ts";

/** What the real alloy says beside fleet. `program` is its path, undefined when it is not on this machine. */
export interface Oracle {
  program: string | undefined;
  diagnostics: Diagnostic[];
}

/**
 * Asks the real alloy to convert the same promtail file, whose text must be that of fleet's own conversion, and
 * whether the Alloy file is formatted. Where alloy is not to be found, it says so and asks nothing.
 *
 * @throws FleetError `process/timeout`
 */
export async function askAlloy(
  files: { promtail: string; alloy: string; converted: string },
  io: Pick<Io, "cwd" | "env" | "signal" | "log">,
): Promise<Oracle> {
  const found = await findProgram("alloy", { env: io.env, log: io.log, signal: io.signal });
  if (found === undefined) {
    const missing = warning(
      "parity/oracle-missing",
      "there is no alloy on this machine; only fleet's own conversion was compared",
      {
        hint: "put alloy on PATH to have it asked too",
      },
    );
    return { program: undefined, diagnostics: [missing] };
  }
  const options = { cwd: io.cwd, signal: io.signal, timeout: 60_000 };
  const convert = await run(found.path, ["convert", "--source-format=promtail", files.promtail], options);
  const format = await run(found.path, ["fmt", "-t", files.alloy], options);
  const diagnostics: Diagnostic[] = [];
  if (convert.exitCode !== 0) {
    diagnostics.push(
      error("parity/oracle", `alloy convert refuses ${files.promtail}: ${lastLine(convert.stderr)}`, {
        hint: "correct the promtail configuration, or compare without --with alloy",
      }),
    );
  } else if (convert.stdout !== files.converted) {
    diagnostics.push(
      error(
        "parity/oracle",
        `alloy convert prints another text from line ${firstDifference(convert.stdout, files.converted)} on`,
        {
          hint: "its version may differ from 1.18; compare the two texts",
        },
      ),
    );
  }
  if (format.exitCode !== 0) {
    diagnostics.push(
      error("parity/oracle", `alloy fmt does not accept ${files.alloy} as it is`, {
        hint: `fleet fmt -w ${files.alloy}`,
      }),
    );
  }
  return { program: found.path, diagnostics };
}

function lastLine(text: string): string {
  return text.trim().split("\n").at(-1) ?? "";
}

function firstDifference(left: string, right: string): number {
  const others = right.split("\n");
  return left.split("\n").findIndex((line, at) => line !== others[at]) + 1;
}
