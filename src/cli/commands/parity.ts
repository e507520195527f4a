import { z } from "zod";
import { ALLOY_VERSION } from "../../alloy/index.ts";
import { diagnosticJson, error, FleetError, hasErrors, type Diagnostic } from "../../diagnostics/index.ts";
import { compare, compareBehaviour, type ComponentParity, type ParityReport } from "../../parity/index.ts";
import { convert, parsePromtail } from "../../promtail/index.ts";
import { renderTable } from "../../report/index.ts";
import { askAlloy, type OracleReport } from "../alloy-oracle.ts";
import type { Run } from "../command.ts";
import { readInput, textOf } from "../input.ts";
import { behaviourJson, renderBehaviour } from "../parity/behaviour.ts";
import { readEntries } from "../parity/entries.ts";

const Options = z.object({
  promtail: z.string({ error: "parity needs --promtail FILE" }),
  alloy: z.string({ error: "parity needs --alloy FILE" }),
  entries: z.string().optional(),
  with: z.literal("alloy").optional(),
  alloyVersion: z
    .string()
    .regex(/^\d+\.\d+(?:\.\d+)?$/, { error: "--alloy-version takes a version such as 1.18.1" })
    .optional(),
});

/** `fleet parity`: says component by component whether an Alloy file does what promtail does. */
export const run: Run = async (invocation, io) => {
  const parsed = Options.safeParse(invocation.options);
  if (!parsed.success) {
    const message = parsed.error.issues.map((issue) => issue.message).join("; ");
    throw new FleetError(error("cli/usage", message, { hint: "fleet parity --help lists what it takes" }));
  }
  const options = parsed.data;
  const [before, after] = [await readInput(options.promtail, io), await readInput(options.alloy, io)];
  const { promtail, diagnostics } = parsePromtail(before.name, before.text);
  if (promtail === undefined) throw new FleetError(diagnostics, 1);
  const expected = convert(promtail, {
    faithful: true,
    ...(options.alloyVersion === undefined ? {} : { alloyVersion: options.alloyVersion }),
  });
  const refused = [...diagnostics, ...expected.diagnostics].filter(({ severity }) => severity === "error");
  if (refused.length > 0) throw new FleetError(refused, 1);
  const report = compare({ name: `${before.name} (converted)`, text: expected.text }, after);
  const oracle =
    options.with === undefined
      ? undefined
      : await askAlloy({ promtail: before, converted: convert(promtail).text, alloy: after }, io);
  const alloyVersion = options.alloyVersion ?? ALLOY_VERSION;
  const behaviour =
    options.entries === undefined
      ? undefined
      : compareBehaviour(promtail, after, await readEntries(options.entries, io), {
          env: io.env,
          alloyVersion,
        });
  const all: Diagnostic[] = [
    ...report.diagnostics,
    ...(behaviour?.diagnostics ?? []),
    ...(oracle?.diagnostics ?? []),
  ];
  const ok = report.ok && !hasErrors(all);
  if (invocation.json) {
    const extra = behaviour === undefined ? {} : { behaviour: behaviourJson(behaviour) };
    io.json({ ...json({ ...report, ok, diagnostics: all }, oracle), ...extra });
  } else {
    io.out(
      renderTable([["component", "promtail", "alloy", "result"], ...report.components.map(row)], io.columns),
    );
    for (const line of report.components.flatMap(allowances)) io.out(`${line}\n`);
    if (behaviour !== undefined) io.out(renderBehaviour(behaviour, io));
    if (oracle?.program !== undefined) io.out(`asked ${oracle.program} too\n`);
    io.report(all, textOf(before, after));
  }
  return ok ? 0 : 1;
};

function row({ role, name, result }: ComponentParity): string[] {
  return [role, name.promtail ?? "-", name.alloy ?? "-", result];
}

/** What differs and may. */
function allowances({ name, differences }: ComponentParity): string[] {
  return differences
    .filter(({ allowed }) => allowed !== undefined)
    .map(
      ({ path, expected, got, allowed }) =>
        `allowed (${allowed ?? ""}): ${name.alloy ?? ""}: ${path}: ${expected ?? "nothing"} -> ${got ?? "nothing"}`,
    );
}

function json(report: ParityReport, oracle: OracleReport | undefined): object {
  return {
    ok: report.ok,
    components: report.components.map((component) => ({
      ...component,
      name: { promtail: component.name.promtail ?? null, alloy: component.name.alloy ?? null },
      differences: component.differences.map(({ expected, got, ...rest }) => ({
        ...rest,
        expected: expected ?? null,
        got: got ?? null,
      })),
    })),
    ...(oracle === undefined ? {} : { oracle: { alloy: oracle.program ?? null } }),
    diagnostics: report.diagnostics.map(diagnosticJson),
  };
}
