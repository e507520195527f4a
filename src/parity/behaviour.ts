import { parse } from "../alloy/index.ts";
import { FleetError, hasErrors, type Diagnostic } from "../diagnostics/index.ts";
import {
  compile,
  type CompileOptions,
  type JournalEntry,
  type Outcome,
  type Pipeline,
} from "../pipeline/index.ts";
import { convert, type Promtail } from "../promtail/index.ts";
import { Balance, firstOf, type Imbalance } from "./balance.ts";
import { finding, type BehaviourDifference } from "./behaviour-difference.ts";
import type { AlloyText } from "./compare.ts";
import {
  firstDivergence,
  inventoryOf,
  type Inventory,
  placeText,
  type Divergence,
  type StagePlace,
} from "./divergence.ts";
import { placeIn } from "./place.ts";
import { compilePromtail } from "./promtail-model.ts";

export interface BehaviourOptions extends Pick<CompileOptions, "env" | "hostname" | "now"> {
  /** The Alloy that reads the configuration. */
  alloyVersion: string;
}

export interface BehaviourReport {
  /** True when every entry comes out the same, or differently only as it may. */
  ok: boolean;
  /** Entries compared; fewer than there are when so many differed that the rest was left aside. */
  entries: number;
  /** Entries that come out differently. */
  different: number;
  /** In the order of the first entry that each shows in; of very many differing entries only the first are told. */
  differences: readonly BehaviourDifference[];
  diagnostics: readonly Diagnostic[];
}

/** Outcomes without a counterpart at which comparing ends. */
const ENOUGH = 10_000;
/** Differing entries that are traced. */
const TRACED = 200;

/**
 * Runs entries through the model of Promtail and through an Alloy configuration, and compares what comes out: lines,
 * labels, times, structured metadata, tenants, and what is dropped. For what differs the first differing stage is
 * named. Entries are gone through twice when there are differences, the second time with traces.
 *
 * @throws FleetError when either configuration cannot be run.
 */
export function compareBehaviour(
  promtail: Promtail,
  alloy: AlloyText,
  entries: Iterable<JournalEntry>,
  options: BehaviourOptions,
): BehaviourReport {
  const models = new Models(promtail, alloy, options);
  const found = weigh(models.build("promtail"), models.build("alloy"), entries);
  const imbalances = found.balance.imbalances();
  if (imbalances.size === 0)
    return { ok: true, entries: found.count, different: 0, differences: [], diagnostics: models.warnings };
  // What the conversion that loses nothing makes of them too is the program's doing, not the configuration's.
  const own = weigh(models.build("converted"), models.build("alloy"), entries).balance.imbalances();
  const interesting = new Set([...imbalances.keys()].slice(0, TRACED));
  const differences = new Map<string, BehaviourDifference & { entries: number[] }>();
  const outcomes = traced(models, entries, interesting);
  const inventories = { promtail: inventoryOf(models.converted), alloy: inventoryOf(alloy) };
  for (const entry of interesting) {
    const {
      promtail: [left],
      alloy: [right],
    } = joinedTo(entry, outcomes);
    const stage = divergenceOf(left, right, inventories);
    const allowed = own.has(entry) ? undefined : ("program" as const);
    const key = JSON.stringify([placeText(stage.promtail), placeText(stage.alloy), allowed]);
    const known = differences.get(key);
    if (known !== undefined) known.entries.push(entry);
    else {
      differences.set(key, {
        stage,
        ...(allowed === undefined ? {} : { allowed }),
        entries: [entry],
        example: { promtail: left, alloy: right },
        span: stage.alloy === undefined ? undefined : placeIn(alloy, stage.alloy),
      });
    }
  }
  const all = [...differences.values()];
  const findings = all.filter(({ allowed }) => allowed === undefined).map((one) => finding(one));
  return {
    ok: findings.length === 0,
    entries: found.count,
    different: imbalances.size,
    differences: all,
    diagnostics: [...models.warnings, ...findings],
  };
}

/** Builds the pipelines that are compared, each time anew, because they keep state. */
class Models {
  warnings: readonly Diagnostic[] = [];
  /** The conversion that loses nothing. */
  readonly converted: AlloyText;
  readonly #promtail: Promtail;
  readonly #alloy: AlloyText;
  readonly #options: BehaviourOptions;

  constructor(promtail: Promtail, alloy: AlloyText, options: BehaviourOptions) {
    this.#promtail = promtail;
    this.#alloy = alloy;
    this.#options = options;
    const { text } = convert(promtail, { faithful: true, alloyVersion: options.alloyVersion });
    this.converted = { name: "promtail.yaml (converted)", text };
  }

  build(model: "promtail" | "alloy" | "converted", trace = false): Pipeline {
    const options = { ...this.#options, trace };
    if (model === "promtail") return usable(compilePromtail(this.#promtail, options));
    const { name, text } = model === "alloy" ? this.#alloy : this.converted;
    const { file, diagnostics } = parse(name, text);
    if (hasErrors(diagnostics)) throw new FleetError(diagnostics, 1);
    const compiled = compile(file, options);
    if (model === "alloy")
      this.warnings = compiled.diagnostics.filter(({ severity }) => severity !== "error");
    return usable(compiled);
  }
}

function usable({ pipeline, diagnostics }: ReturnType<typeof compile>): Pipeline {
  if (pipeline === undefined) throw new FleetError(diagnostics, 1);
  return pipeline;
}

/** Runs entries through both pipelines, until too many differ. */
function weigh(
  promtail: Pipeline,
  alloy: Pipeline,
  entries: Iterable<JournalEntry>,
): { balance: Balance; count: number } {
  const balance = new Balance();
  let count = 0;
  for (const entry of entries) {
    balance.add("promtail", promtail.pushJournal(entry, count));
    balance.add("alloy", alloy.pushJournal(entry, count));
    count += 1;
    if (balance.size > ENOUGH) break;
  }
  balance.add("promtail", promtail.flush());
  balance.add("alloy", alloy.flush());
  return { balance, count };
}

/**
 * The outcomes of some entries with their traces. All entries up to the last of them are run, since stages keep
 * state. An entry that the one side joined to an earlier one is found in that one's outcome.
 */
function traced(
  models: Models,
  entries: Iterable<JournalEntry>,
  interesting: ReadonlySet<number>,
): Map<number, Imbalance> {
  const last = Math.max(...interesting);
  const sides = { promtail: models.build("promtail", true), alloy: models.build("alloy", true) };
  const found = new Map<number, Imbalance>(
    [...interesting].map((entry) => [entry, { promtail: [], alloy: [] }]),
  );
  const collect = (side: keyof Imbalance, outcomes: readonly Outcome[]): void => {
    for (const outcome of outcomes) for (const entry of outcome.from) found.get(entry)?.[side].push(outcome);
  };
  let count = 0;
  for (const entry of entries) {
    for (const side of ["promtail", "alloy"] as const) collect(side, sides[side].pushJournal(entry, count));
    count += 1;
    if (count > last) break;
  }
  for (const side of ["promtail", "alloy"] as const) collect(side, sides[side].flush());
  return new Map([...found].map(([entry, both]) => [entry, withoutEqual(both)]));
}

/** Outcomes that have no counterpart on the other side; what a fan-out sends alike says nothing. */
function withoutEqual({ promtail, alloy }: Imbalance): Imbalance {
  const balance = new Balance();
  balance.add("promtail", promtail);
  balance.add("alloy", alloy);
  const left = [...balance.imbalances().values()];
  const [one, other] = [left.flatMap((side) => side.promtail), left.flatMap((side) => side.alloy)];
  return { promtail: one.length > 0 ? one : promtail, alloy: other.length > 0 ? other : alloy };
}

/**
 * The outcomes to compare for an entry: its own, unless one side joined it to an earlier one. Then those of the
 * earlier one, which show the stage that did.
 */
function joinedTo(entry: number, outcomes: ReadonlyMap<number, Imbalance>): Imbalance {
  const own = outcomes.get(entry) ?? { promtail: [], alloy: [] };
  const first = Math.min(entry, ...[...own.promtail, ...own.alloy].map(firstOf));
  return outcomes.get(first) ?? own;
}

function divergenceOf(
  promtail: Outcome | undefined,
  alloy: Outcome | undefined,
  inventories: { promtail: Inventory; alloy: Inventory },
): Divergence {
  if (promtail !== undefined && alloy !== undefined) return firstDivergence(promtail, alloy, inventories);
  const place = (outcome: Outcome | undefined): StagePlace | undefined => {
    const [first] = outcome?.trace ?? [];
    return first;
  };
  return { promtail: place(promtail), alloy: place(alloy) };
}
