import { resolve } from "node:path";
import { z } from "zod";
import { ALLOY_VERSION } from "../../alloy/index.ts";
import { diagnosticJson, error, FleetError, hasErrors } from "../../diagnostics/index.ts";
import {
  compare,
  compareBehaviour,
  type BehaviourReport,
  type ComponentParity,
  type ParityReport,
} from "../../parity/index.ts";
import type { JournalEntry } from "../../pipeline/index.ts";
import { convert, parsePromtail } from "../../promtail/index.ts";
import { renderJunit, renderTable } from "../../report/index.ts";
import { askAlloy, type OracleReport } from "../alloy-oracle.ts";
import type { Run } from "../command.ts";
import { readInput, textOf } from "../input.ts";
import type { Io } from "../io.ts";
import { writeOutput } from "../output.ts";
import { realJson, renderReal } from "../parity/arrivals.ts";
import { behaviourJson, renderBehaviour } from "../parity/behaviour.ts";
import { readEntries } from "../parity/entries.ts";
import { entriesOf, withJournal } from "../parity/journal.ts";
import { junitCases } from "../parity/junit.ts";
import { compareReal, type RealReport } from "../parity/real.ts";

const PROGRAMS = ["promtail", "alloy", "loki"] as const;

const Options = z.object({
  promtail: z.string({ error: "parity needs --promtail FILE" }),
  alloy: z.string({ error: "parity needs --alloy FILE" }),
  entries: z.string().optional(),
  journal: z.string().optional(),
  with: z
    .string()
    .transform((names) => names.split(",").map((name) => name.trim()))
    .pipe(
      z.array(z.enum(PROGRAMS, { error: `--with takes ${PROGRAMS.join(", ")}, with commas between them` })),
    )
    .default([]),
  junit: z.string().optional(),
  alloyVersion: z
    .string()
    .regex(/^\d+\.\d+(?:\.\d+)?$/, { error: "--alloy-version takes a version such as 1.18.1" })
    .default(ALLOY_VERSION),
});
type Options = z.infer<typeof Options>;

/** All that was compared; what was not asked for is undefined. */
interface Comparison {
  components: ParityReport;
  behaviour: BehaviourReport | undefined;
  real: RealReport | undefined;
  oracle: OracleReport | undefined;
}

/** `fleet parity`: says component by component, and by what comes out, whether an Alloy file does what promtail does. */
export const run: Run = async (invocation, io) => {
  const options = readOptions(invocation.options);
  const { alloyVersion } = options;
  const [before, after] = [await readInput(options.promtail, io), await readInput(options.alloy, io)];
  const { promtail, diagnostics } = parsePromtail(before.name, before.text);
  if (promtail === undefined) throw new FleetError(diagnostics, 1);
  const expected = convert(promtail, { faithful: true, alloyVersion });
  const refused = [...diagnostics, ...expected.diagnostics].filter(({ severity }) => severity === "error");
  if (refused.length > 0) throw new FleetError(refused, 1);
  const components = compare({ name: `${before.name} (converted)`, text: expected.text }, after);
  const oracle = options.with.includes("alloy")
    ? await askAlloy({ promtail: before, converted: convert(promtail).text, alloy: after }, io)
    : undefined;
  const behave = (entries: readonly JournalEntry[]): BehaviourReport =>
    compareBehaviour(promtail, after, entries, { env: io.env, alloyVersion });
  const comparison: Comparison = { components, oracle, behaviour: undefined, real: undefined };
  if (options.with.includes("promtail") || options.with.includes("loki")) {
    const programs = { promtail: options.with.includes("promtail"), alloy: options.with.includes("alloy") };
    await withJournal(options, io, async (journal) => {
      comparison.behaviour = behave(journal.entries);
      const what = { before, promtail, after, alloyVersion, with: programs };
      comparison.real = await compareReal(what, journal, io);
    });
  } else if (options.journal !== undefined) {
    comparison.behaviour = behave(await entriesOf(resolve(io.cwd, options.journal), io));
  } else if (options.entries !== undefined) {
    comparison.behaviour = behave(await readEntries(options.entries, io));
  }
  const { behaviour, real } = comparison;
  const all = [components, behaviour, real, oracle].flatMap((part) => part?.diagnostics ?? []);
  const ok = components.ok && !hasErrors(all);
  if (options.junit !== undefined)
    await writeOutput(
      options.junit,
      renderJunit("fleet parity", junitCases(components, behaviour, real)),
      io,
    );
  if (invocation.json) {
    io.json({
      ...json({ ...components, ok, diagnostics: all }, oracle),
      ...(behaviour === undefined ? {} : { behaviour: behaviourJson(behaviour) }),
      ...(real === undefined ? {} : { real: realJson(real) }),
    });
  } else {
    show(comparison, io);
    io.report(all, textOf(before, after));
  }
  return ok ? 0 : 1;
};

function readOptions(given: unknown): Options {
  const { data, error: problem } = Options.safeParse(given);
  if (data !== undefined && !(data.entries !== undefined && data.journal !== undefined)) return data;
  const message =
    problem?.issues.map((issue) => issue.message).join("; ") ??
    "give either --entries or --journal, not both";
  throw new FleetError(error("cli/usage", message, { hint: "fleet parity --help lists what it takes" }));
}

function show({ components: report, behaviour, real, oracle }: Comparison, io: Io): void {
  const rows = [["component", "promtail", "alloy", "result"], ...report.components.map(row)];
  io.out(renderTable(rows, io.columns));
  for (const line of report.components.flatMap(allowances)) io.out(`${line}\n`);
  if (behaviour !== undefined) io.out(renderBehaviour(behaviour, io));
  if (real !== undefined) io.out(renderReal(real, io));
  if (oracle?.program !== undefined) io.out(`asked ${oracle.program} too\n`);
}

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
