import { styleText } from "node:util";
import { renderDiagnostic } from "../../diagnostics/index.ts";
import type { Failure } from "../../pipeline-test/index.ts";
import type { JunitCase } from "../../report/index.ts";
import { textOf } from "../input.ts";
import type { Execution } from "./execution.ts";

type Style = Parameters<typeof styleText>[0];

/** A line for the test, then what does not hold in it. Ends with a line break. */
export function renderExecution(execution: Execution, { color }: { color: boolean }): string {
  const paint = (style: Style, text: string): string =>
    color ? styleText(style, text, { validateStream: false }) : text;
  const { ok, file, name, failures, diagnostics, updated, inputs } = execution;
  const verdict = ok ? paint("green", "ok    ") : paint("red", "FAILED");
  const lines = [`${verdict}  ${file}${name === file ? "" : `  ${paint("dim", name)}`}`];
  if (updated.length > 0) lines.push(`  rewritten as it came: ${updated.join(", ")}`);
  for (const one of diagnostics)
    lines.push(indent(renderDiagnostic(one, { color, textOf: textOf(...inputs) })));
  for (const failure of failures) {
    lines.push(`  ${placeOf(failure)}: ${paint("bold", failure.assertion)}: ${failure.message}`);
    for (const { what, expected, got } of failure.details) {
      if (what !== "") lines.push(`    ${what}`);
      lines.push(
        `      ${paint("green", `exp: ${shown(expected)}`)}`,
        `      ${paint("red", `got: ${shown(got)}`)}`,
      );
    }
  }
  return `${lines.join("\n")}\n`;
}

/** How many passed and failed. */
export function renderTotals(executions: readonly Execution[]): string {
  const passed = executions.filter(({ ok }) => ok).length;
  return `${passed} passed, ${executions.length - passed} failed\n`;
}

/** The test as a JUnit case. */
export function junitCase({ file, name, seconds, failures, ok, diagnostics, inputs }: Execution): JunitCase {
  const errors = ok ? [] : diagnostics.filter(({ severity }) => severity === "error");
  return {
    suite: file,
    name,
    seconds,
    failures: failures.map((failure) => ({
      message: `${failure.assertion}: ${failure.message}`,
      text: [
        placeOf(failure),
        ...failure.details.flatMap(({ what, expected, got }) => [
          ...(what === "" ? [] : [what]),
          `  exp: ${shown(expected)}`,
          `  got: ${shown(got)}`,
        ]),
      ].join("\n"),
    })),
    errors: errors.map((one) => ({
      message: one.message,
      text: renderDiagnostic(one, { color: false, textOf: textOf(...inputs) }),
    })),
  };
}

function placeOf({ span }: Failure): string {
  return `${span.file}:${span.start.line}:${span.start.column}`;
}

function shown(value: string | undefined): string {
  return value ?? "(nothing)";
}

function indent(text: string): string {
  return text.replace(/^/gm, "  ");
}
