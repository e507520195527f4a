import { attribute, block, callOnLines, type Item, type Value } from "../../alloy/index.ts";
import type { PromtailConfig } from "../config.ts";
import type { Job } from "../parse.ts";
import type { Conversion } from "./conversion.ts";
import { reference } from "./items.ts";
import { limitItems } from "./limits.ts";
import { ruleItems } from "./relabel.ts";
import { stageItems } from "./stages.ts";

/**
 * The components that the sources of one job share: its pipeline and its relabelling. Each is made when it is
 * first asked for, which is the order in which the converter prints them.
 */
export class Wiring {
  /** The job's components so far. */
  readonly items: Item[] = [];
  /** Lists of targets: exports of discoveries, and literal ones. */
  readonly targets: Value[] = [];
  readonly label: string;
  readonly #job: Job;
  readonly #limits: readonly Item[];
  readonly #receivers: readonly Value[];
  readonly #conversion: Conversion;
  #forwardTo: readonly Value[] | undefined;
  #relabelled: readonly Value[] | undefined;
  #hasRelabel = false;

  constructor(
    job: Job,
    label: string,
    limits: PromtailConfig["limits_config"],
    receivers: readonly Value[],
    conversion: Conversion,
  ) {
    this.#job = job;
    this.label = label;
    this.#limits = limitItems(limits);
    this.#receivers = receivers;
    this.#conversion = conversion;
  }

  /** Appends a component. */
  add(component: string, label: string, body: readonly Item[]): void {
    this.items.push(block(component, label, body));
  }

  /** What sources send to: loki.process when there are stages or limits, else the writers. */
  forwardTo(): readonly Value[] {
    if (this.#forwardTo !== undefined) return this.#forwardTo;
    const stages = this.#job.config.pipeline_stages ?? [];
    if (stages.length === 0 && this.#limits.length === 0) return (this.#forwardTo = this.#receivers);
    this.add("loki.process", this.label, [
      attribute("forward_to", this.#receivers),
      ...this.#limits,
      ...stageItems(this.#job.stages, this.#conversion),
    ]);
    return (this.#forwardTo = [reference("loki.process", this.label, "receiver")]);
  }

  /** The targets of all discoveries, relabelled where there are rules. */
  relabelledTargets(): Value {
    this.#relabel([]);
    return this.#hasRelabel ? reference("discovery.relabel", this.label, "output") : this.#joinedTargets();
  }

  /** The rules for a source, null without any. `first` come before those of promtail. */
  rules(first: readonly Item[] = []): Value {
    this.#relabel(first);
    return this.#hasRelabel ? reference("discovery.relabel", this.label, "rules") : null;
  }

  /** What a source that takes no rules sends to: loki.relabel where there are rules. */
  relabelled(): readonly Value[] {
    const rules = this.#job.config.relabel_configs ?? [];
    if (rules.length === 0) return this.forwardTo();
    if (this.#relabelled === undefined) {
      const forwardTo = this.forwardTo();
      this.add("loki.relabel", this.label, [attribute("forward_to", forwardTo), ...ruleItems(rules)]);
      this.#relabelled = [reference("loki.relabel", this.label, "receiver")];
    }
    return this.#relabelled;
  }

  /** discovery.relabel, which serves targets and, through its rules, sources. */
  #relabel(first: readonly Item[]): void {
    const rules = [...first, ...ruleItems(this.#job.config.relabel_configs ?? [])];
    if (this.#hasRelabel || rules.length === 0) return;
    this.#hasRelabel = true;
    this.add("discovery.relabel", this.label, [attribute("targets", this.#joinedTargets()), ...rules]);
  }

  #joinedTargets(): Value {
    const [only, another] = this.targets;
    if (only === undefined) return [];
    return another === undefined ? only : callOnLines("array.concat", ...this.targets);
  }
}
