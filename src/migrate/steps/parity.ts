import { ALLOY_VERSION } from "../../alloy/index.ts";
import { error, FleetError, type Diagnostic } from "../../diagnostics/index.ts";
import type { Fleet, Host } from "../../manifest/index.ts";
import { findAlloy } from "../../oracle/index.ts";
import {
  compare,
  compareBehaviour,
  placeText,
  type ComponentParity,
  type ParityReport,
} from "../../parity/index.ts";
import { isMalformed, parseJournalJson } from "../../pipeline/index.ts";
import { convert } from "../../promtail/index.ts";
import { corpus } from "../../ship/index.ts";
import type { Context } from "../context.ts";
import type { PipelineSource } from "../generation.ts";
import type { Finding, Means } from "../plan.ts";

const CONVERTER = { real: false, name: "fleet's own conversion" };

/**
 * Compares config.alloy with the conversion of the Promtail configuration, component by component: fleet's own
 * conversion, and where there is an alloy on this machine what `alloy convert` prints too. What that loses, and
 * config.alloy has, is a difference that passes. Then the same journal entries go through the models of Promtail and
 * of the canary's Alloy.
 */
export async function compareWithConversion(
  { root, env, signal }: Context,
  fleet: Fleet,
  canary: Host,
  source: PipelineSource,
  configuration: string,
): Promise<Finding> {
  const file = `${fleet.layout.modules}/alloy/config.alloy`;
  const generated = { name: file, text: configuration };
  const name = `${source.module} (converted)`;
  const options = { corrected: { name, text: convert(source.promtail, { faithful: true }).text } };
  const reports = [compare({ name, text: convert(source.promtail).text }, generated, options)];
  const means: Means[] = [CONVERTER];
  const diagnostics: Diagnostic[] = [];
  const alloy = await findAlloy({ env, tools: fleet.tools, cwd: root, signal });
  if (alloy !== undefined) {
    means.push({ real: true, name: `${alloy.program.description}: convert` });
    const converted = await alloy.convert(source.yaml);
    if (converted.ok) {
      reports.push(compare({ name: `${name} by alloy`, text: converted.text }, generated, options));
    } else
      diagnostics.push(error("parity/oracle", `alloy convert refuses ${source.module}: ${converted.reason}`));
  }
  diagnostics.push(...reports.flatMap((report) => report.diagnostics));
  const behaviour = behaviourOf(canary, source, generated, env);
  diagnostics.push(...behaviour.diagnostics);
  const details = [
    ...reports.flatMap(({ components }) => components.flatMap(allowances)),
    ...behaviour.details,
  ];
  return { summary: `${summarise(reports)}; ${behaviour.summary}`, details, means, diagnostics };
}

/** The time of the entries that are compared; it says nothing, for max_age does not count without a present. */
const ANY_TIME = 1_700_000_000_000_000n;

/** What becomes of the built-in journal entries; a pipeline that cannot be run offline is told, and no failure. */
function behaviourOf(
  canary: Host,
  source: PipelineSource,
  generated: { name: string; text: string },
  env: Context["env"],
): { summary: string; details: string[]; diagnostics: Diagnostic[] } {
  const entries = corpus(canary.name, ANY_TIME)
    .map(parseJournalJson)
    .flatMap((entry) => (isMalformed(entry) ? [] : [entry]));
  try {
    const report = compareBehaviour(source.promtail, generated, entries, {
      env,
      alloyVersion: canary.channel.alloy ?? ALLOY_VERSION,
    });
    const details = report.differences
      .filter(({ allowed }) => allowed !== undefined)
      .map(
        ({ stage, entries: { length } }) => `allowed (program): ${placeText(stage.alloy)}: ${length} entries`,
      );
    return {
      summary: `${report.entries - report.different} of ${report.entries} entries come out the same`,
      details,
      diagnostics: report.diagnostics.filter(({ code }) => code === "parity/behaviour"),
    };
  } catch (caught) {
    if (!(caught instanceof FleetError)) throw caught;
    return { summary: "behaviour not compared", details: [`behaviour: ${caught.message}`], diagnostics: [] };
  }
}

/** A line for each difference that may be, so that it is seen all the same. */
function allowances({ name, differences }: ComponentParity): string[] {
  return differences
    .filter(({ allowed }) => allowed !== undefined)
    .map(
      ({ path, expected, got, allowed }) =>
        `allowed (${allowed ?? ""}): ${name.alloy ?? ""} ${path}: ${expected ?? "nothing"} -> ${got ?? "nothing"}`,
    );
}

function summarise(reports: readonly ParityReport[]): string {
  const [first] = reports;
  const components = first?.components ?? [];
  const agreed = reports.every(({ ok }) => ok) ? "agree" : "do not all agree";
  const names = components.map(describeComponent).join(", ");
  return `${components.length} components ${agreed}: ${names}`;
}

function describeComponent({ role, result, differences }: ComponentParity): string {
  const allowed = [...new Set(differences.flatMap((difference) => difference.allowed ?? []))];
  return `${role} ${result}${allowed.length === 0 ? "" : ` (${allowed.join(", ")})`}`;
}
