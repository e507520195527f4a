import { parse, type File } from "../alloy/index.ts";
import { error, hasErrors, LineIndex, type Diagnostic } from "../diagnostics/index.ts";
import { ALLOWED, type Allowed } from "./allowed.ts";
import { compareBlocks } from "./blocks.ts";
import { components, type Component, type Normal } from "./normal.ts";
import type { ComponentParity, Difference, ParityReport } from "./report.ts";

export interface CompareOptions {
  /** The differences that pass; all by default. */
  allow?: readonly Allowed[];
  /**
   * The faithful conversion, where the one that is compared with is that of `alloy convert`, which loses things:
   * a component that differs from the latter passes when it is that of the former.
   */
  corrected?: AlloyText;
}

/** A text of Alloy and what its file is called in diagnostics. */
export interface AlloyText {
  name: string;
  text: string;
}

/**
 * Compares an Alloy configuration with the one that promtail's was converted to, component by component.
 * Components belong together by what they are for: sources by their kind, and the others by where the
 * references lead, so that labels may differ. Spelling, defaults written out and the order of attributes do not
 * count; the order of stages and rules does.
 */
export function compare(promtail: AlloyText, alloy: AlloyText, options: CompareOptions = {}): ParityReport {
  const [expected, got] = [parse(promtail.name, promtail.text), parse(alloy.name, alloy.text)];
  const broken = [...expected.diagnostics, ...got.diagnostics];
  if (hasErrors(broken)) return { ok: false, components: [], diagnostics: broken };
  const allow = new Set<Allowed>(options.allow ?? ALLOWED);
  const matched = new Matching(expected.file, got.file).components();
  const corrected =
    options.corrected === undefined ? new Set<string>() : likeCorrected(options.corrected, alloy, allow);
  const judged = matched
    .map((component) => (corrected.has(component.name.alloy ?? "") ? asCorrection(component) : component))
    .map((component) => judge(component, allow));
  return {
    ok: judged.every(({ result }) => result !== "different"),
    components: judged,
    diagnostics: judged.flatMap((component) => findings(component, alloy)),
  };
}

/** The components of the Alloy file that are as they are in the corrected conversion. */
function likeCorrected(corrected: AlloyText, alloy: AlloyText, allow: ReadonlySet<Allowed>): Set<string> {
  const { components } = compare(corrected, alloy, { allow: [...allow] });
  return new Set(
    components
      .filter(({ result }) => result !== "different")
      .map(({ name }) => name.alloy)
      .filter((name) => name !== undefined),
  );
}

/** Counts what differs in a component as correction, unless it passes for another reason. */
function asCorrection(component: ComponentParity): ComponentParity {
  const differences = component.differences.map((difference): Difference => ({
    ...difference,
    allowed: difference.allowed ?? "correction",
  }));
  return { ...component, differences };
}

function judge(component: ComponentParity, allow: ReadonlySet<Allowed>): ComponentParity {
  const differences = component.differences.map((difference): Difference => {
    const { allowed, ...rest } = difference;
    return allowed !== undefined && allow.has(allowed) ? difference : rest;
  });
  const open = differences.some(({ allowed }) => allowed === undefined);
  const result = differences.length === 0 ? "equal" : open ? "different" : "allowed";
  return { ...component, differences, result };
}

function findings(component: ComponentParity, alloy: AlloyText): Diagnostic[] {
  const { name, role, differences } = component;
  if (name.alloy === undefined) {
    const span = new LineIndex(alloy.name, alloy.text).span(0, 0);
    return [
      error("parity/missing", `${role}: ${name.promtail ?? ""} has no counterpart`, {
        span,
        hint: "add the component, or connect it to its source",
      }),
    ];
  }
  return differences
    .filter(({ allowed }) => allowed === undefined)
    .map(({ path, expected, got, span }) =>
      name.promtail === undefined
        ? error("parity/extra", `${role}: promtail has nothing for ${name.alloy ?? ""}`, {
            span,
            hint: "remove it",
          })
        : error("parity/different", `${name.alloy ?? ""}: ${path} is ${got ?? "missing"}`, {
            span,
            hint:
              expected === undefined ? "promtail has nothing there; remove it" : `promtail has ${expected}`,
          }),
    );
}

/** Attributes of a relabel component that matter only to its receiver and its targets, not to its rules. */
const NOT_RULES: ReadonlySet<string> = new Set(["targets", "forward_to", "max_cache_size"]);

/** Pairs the components of two files, beginning with the sources and following the references. */
class Matching {
  readonly #promtail: ReadonlyMap<string, Component>;
  readonly #alloy: ReadonlyMap<string, Component>;
  readonly #pairs = new Map<string, string>();
  readonly #taken = new Set<string>();

  constructor(promtail: File, alloy: File) {
    this.#promtail = new Map(components(promtail).map((component) => [component.id, component]));
    this.#alloy = new Map(components(alloy).map((component) => [component.id, component]));
  }

  components(): ComponentParity[] {
    this.#pairAll((component) => component.name.startsWith("loki.source."));
    for (const [promtail, alloy] of this.#pairs) this.#follow(promtail, alloy);
    this.#pairAll(() => true);
    const roles = new Roles();
    return [
      ...[...this.#promtail.values()].map((component) => this.#compared(component, roles)),
      ...[...this.#alloy.values()]
        .filter(({ id }) => !this.#taken.has(id) && this.#carriesLogs(id))
        .map((component): ComponentParity => ({
          role: roles.of(component),
          name: { promtail: undefined, alloy: component.id },
          result: "different",
          differences: [{ path: component.id, expected: undefined, got: component.id, span: component.span }],
        })),
    ];
  }

  /** True for what entries go through and for what that refers to; a file may hold metrics and settings too. */
  #carriesLogs(id: string, seen: ReadonlySet<string> = new Set()): boolean {
    if (id.startsWith("loki.")) return true;
    const users = [...this.#alloy.values()].filter(
      (user) =>
        !seen.has(user.id) &&
        [...user.attributes.values()].some(({ value }) => referencesOf(value).includes(id)),
    );
    return users.some((user) => this.#carriesLogs(user.id, new Set([...seen, id])));
  }

  /** Pairs what is left and of one family, those with the fewest differences first. */
  #pairAll(wanted: (component: Component) => boolean): void {
    const open = [...this.#promtail.values()].filter(({ id }) => !this.#pairs.has(id)).filter(wanted);
    const candidates = open.flatMap((promtail) =>
      [...this.#alloy.values()]
        .filter((alloy) => !this.#taken.has(alloy.id) && familyOf(alloy) === familyOf(promtail))
        .map((alloy) => ({ promtail, alloy, distance: this.#distance(promtail, alloy) })),
    );
    candidates.sort((left, right) => left.distance - right.distance);
    for (const { promtail, alloy } of candidates) this.#pair(promtail.id, alloy.id);
  }

  #distance(promtail: Component, alloy: Component): number {
    const differences = this.#differences(promtail, alloy, () => true).length;
    return differences + (promtail.label === alloy.label ? 0 : 0.5);
  }

  #pair(promtail: string, alloy: string): void {
    if (this.#pairs.has(promtail) || this.#taken.has(alloy)) return;
    this.#pairs.set(promtail, alloy);
    this.#taken.add(alloy);
  }

  /**
   * Pairs what two paired components refer to in the same places. The map of pairs is walked while it grows,
   * so that what is paired here is followed in its turn.
   */
  #follow(promtailId: string, alloyId: string): void {
    const [promtail, alloy] = [this.#promtail.get(promtailId), this.#alloy.get(alloyId)];
    if (promtail === undefined || alloy === undefined) return;
    for (const [name, { value }] of promtail.attributes) {
      const other = alloy.attributes.get(name)?.value;
      if (other === undefined) continue;
      const [left, right] = [referencesOf(value), referencesOf(other)];
      for (const from of left) {
        const source = this.#promtail.get(from);
        if (source === undefined || this.#pairs.has(from)) continue;
        const nearest = right
          .map((to) => this.#alloy.get(to))
          .filter((to) => to !== undefined)
          .filter((to) => !this.#taken.has(to.id) && familyOf(to) === familyOf(source))
          .map((to) => ({ to, distance: this.#distance(source, to) }))
          .sort((one, another) => one.distance - another.distance)[0];
        if (nearest !== undefined) this.#pair(from, nearest.to.id);
      }
    }
  }

  #compared(component: Component, roles: Roles): ComponentParity {
    const role = roles.of(component);
    const counterpart = this.#alloy.get(this.#pairs.get(component.id) ?? "");
    const name = { promtail: component.id, alloy: counterpart?.id };
    if (counterpart === undefined) {
      const missing = { path: component.id, expected: component.id, got: undefined, span: component.span };
      return { role, name, result: "different", differences: [missing] };
    }
    const differences = this.#differences(
      component,
      counterpart,
      (promtail, alloy) => this.#pairs.get(promtail) === alloy,
    );
    return { role, name, result: "equal", differences };
  }

  /** discovery.relabel and loki.relabel have the same rules; the rest of them is not comparable. */
  #differences(
    promtail: Component,
    alloy: Component,
    correspond: (promtail: string, alloy: string) => boolean,
  ): Difference[] {
    const skip = promtail.name === alloy.name ? new Set<string>() : NOT_RULES;
    return compareBlocks(promtail, alloy, correspond, skip);
  }
}

function referencesOf(value: Normal): string[] {
  switch (value.kind) {
    case "reference":
      return [value.component];
    case "list":
      return value.items.flatMap(referencesOf);
    case "object":
      return [...value.fields.values()].flatMap(referencesOf);
    case "literal":
    case "duration":
    case "size":
    case "expression":
      return [];
  }
}

/** Components that can stand for each other. */
function familyOf({ name }: Component): string {
  return name === "discovery.relabel" || name === "loki.relabel" ? "relabel" : name;
}

/** Names what components are for; the second of a kind gets a number. */
class Roles {
  readonly #counts = new Map<string, number>();

  of(component: Component): string {
    const role = familyOf(component).replace(/^loki\./, "");
    const count = (this.#counts.get(role) ?? 0) + 1;
    this.#counts.set(role, count);
    return count === 1 ? role : `${role} ${count}`;
  }
}
