import type { Block, File, Node } from "../alloy/index.ts";
import { error, hasErrors, LineIndex, warning, type Diagnostic, type Span } from "../diagnostics/index.ts";
import { matchFiles, fileSource, type FileSource } from "./components/file.ts";
import type { ComponentContext } from "./components/component.ts";
import { journalSource, type JournalSource } from "./components/journal.ts";
import { relabelReceiver } from "./components/relabel.ts";
import { sink, write } from "./components/sink.ts";
import { ArgumentError, Arguments } from "./config/arguments.ts";
import type { Scope } from "./config/evaluate.ts";
import { standardLibrary } from "./config/stdlib.ts";
import { Capsule, type Value } from "./config/value.ts";
import type { Dialect } from "./dialect.ts";
import type { Outcome } from "./outcome.ts";
import { Pipeline } from "./pipeline.ts";
import type { Ledger, Receiver } from "./receiver.ts";
import { readRules, relabel, type Rule } from "./relabel.ts";
import { buildStages } from "./stages/index.ts";
import { stageFunctions } from "./template/index.ts";

export interface CompileOptions {
  /** The Alloy whose behaviour is wanted, "1.18.1". */
  alloyVersion: string;
  /** Whose behaviour; Alloy's by default. */
  dialect?: Dialect;
  /** What sys.env and the template function env see. */
  env: Readonly<Record<string, string | undefined>>;
  /** constants.hostname; "" when not given. */
  hostname?: string;
  /**
   * The present, in nanoseconds since 1970: what a journal source's max_age and stage.drop's older_than are
   * measured against. Without it max_age does not count.
   */
  now?: bigint;
  /**
   * The time of the newest entry, which stands for the present where `now` is not given. Without either it is the
   * newest time seen so far.
   */
  newest?: bigint;
  /**
   * For a pipeline that runs on, instead of `now`: gives the present whenever it is asked. Where the reading begins
   * (max_age, tail_from_end) is then the business of whoever reads.
   */
  clock?: () => bigint;
  /** Every file that the machine has, by absolute path: what local.file_match finds its matches among. */
  files?: readonly string[];
  /** True to have every outcome tell what each stage did. */
  trace?: boolean;
}

export interface Compiled {
  /** Undefined when the diagnostics hold an error. */
  pipeline: Pipeline | undefined;
  diagnostics: readonly Diagnostic[];
}

/**
 * Builds the log pipelines of a configuration: all its sources, what they forward to, and so on to every loki.write.
 * Several files are one configuration. Parts that cannot be had offline (targets from service discovery, GeoIP
 * databases) are named in warnings.
 */
export function compile(files: File | readonly File[], options: CompileOptions): Compiled {
  const list: readonly File[] = "kind" in files ? [files] : files;
  return new Compiler(list, options).compile();
}

interface Component {
  id: string;
  /** `loki.process`. */
  name: string;
  label: string;
  block: Block;
  index: LineIndex;
}

class Compiler {
  readonly #options: CompileOptions;
  readonly #components = new Map<string, Component>();
  readonly #diagnostics: Diagnostic[] = [];
  readonly #receivers = new Map<string, Receiver>();
  readonly #exports = new Map<string, Value>();
  readonly #rules = new Map<string, readonly Rule[]>();
  readonly #building: string[] = [];
  readonly #timers: (() => void)[] = [];
  readonly #patterns = new Set<string>();
  readonly #fields = new Set<string>();
  #files: readonly string[];
  readonly #pipeline: PipelineParts;
  readonly #scope: Scope;

  constructor(files: readonly File[], options: CompileOptions) {
    this.#options = options;
    this.#files = options.files ?? [];
    for (const file of files) this.#collect(file);
    const library = standardLibrary({
      env: options.env,
      ...(options.hostname !== undefined && { hostname: options.hostname }),
    });
    this.#scope = { name: (name) => library.get(name), component: (path) => this.#lookUp(path) };
    const state = { newest: options.newest ?? 0n };
    const outcomes: Outcome[] = [];
    const clock = options.clock ?? ((): bigint => options.now ?? state.newest);
    this.#pipeline = { ledger: { add: (outcome) => outcomes.push(outcome) }, clock, state, outcomes };
  }

  compile(): Compiled {
    const journals: JournalSource[] = [];
    const fileSources: FileSource[] = [];
    for (const component of this.#components.values()) {
      this.#guard(component, () => {
        if (component.name === "loki.source.journal") {
          journals.push(journalSource(this.#args(component), this.#context(component)));
        } else if (component.name === "loki.source.file") {
          fileSources.push(fileSource(this.#args(component), this.#context(component)));
        } else if (RECEIVERS.has(component.name)) {
          // Built even when nothing forwards to it, so that its mistakes are found.
          this.#receiver(component.id);
        } else if (component.name.startsWith("loki.source.")) {
          this.#warn(
            component,
            component.block,
            `${component.id} is not fed: only journals and files can be`,
          );
        }
      });
    }
    if (journals.length + fileSources.length === 0 && !hasErrors(this.#diagnostics)) {
      this.#diagnostics.push(
        warning("pipeline/no-source", "there is no loki.source.journal or loki.source.file"),
      );
    }
    const { outcomes, state } = this.#pipeline;
    const failed = hasErrors(this.#diagnostics);
    return {
      pipeline: failed
        ? undefined
        : new Pipeline({
            journals,
            files: fileSources,
            receivers: this.#receivers,
            trace: this.#options.trace ?? false,
            outcomes,
            state,
            timers: this.#timers,
            patterns: this.#patterns,
            fields: this.#fields,
            seeFiles: (list) => {
              this.#files = list;
              this.#exports.clear();
              for (const source of fileSources) source.refresh();
            },
          }),
      diagnostics: this.#diagnostics,
    };
  }

  #collect(file: File): void {
    const index = new LineIndex(file.name, file.text);
    for (const block of file.body) {
      if (block.kind !== "block") continue;
      const name = block.name.map((part) => part.name).join(".");
      const label = block.label?.value ?? "";
      const id = label === "" ? name : `${name}.${label}`;
      if (this.#components.has(id) && label !== "") {
        const span = index.span(block.start, block.open);
        this.#diagnostics.push(error("pipeline/duplicate-component", `${id} is defined twice`, { span }));
        continue;
      }
      this.#components.set(id, { id, name, label, block, index });
    }
  }

  #args(component: Component): Arguments {
    return new Arguments(component.block, this.#scope);
  }

  #context(component: Component): ComponentContext {
    const { alloyVersion, dialect = "alloy", now, trace = false, env } = this.#options;
    const { ledger, clock } = this.#pipeline;
    return {
      id: component.id,
      ledger,
      clock,
      functions: stageFunctions(env, clock, dialect),
      alloyVersion,
      dialect,
      trace,
      files: () => this.#files,
      onPattern: (pattern) => this.#patterns.add(pattern),
      onField: (name) => this.#fields.add(name),
      onTick: (work) => this.#timers.push(work),
      live: this.#options.clock !== undefined,
      applyMaxAge: now !== undefined,
      fanOut: (components) => this.#fanOut(components),
      rulesOf: (id) => this.#rulesOf(id),
      warn: (message, args) => this.#warn(component, args.node, message),
    };
  }

  /** The receiver of a component; opaque components outside this model take entries as if they sent them. */
  #receiver(id: string): Receiver {
    const known = this.#receivers.get(id);
    if (known !== undefined) return known;
    const component = this.#components.get(id);
    if (component === undefined) return sink(id, this.#pipeline.ledger);
    const receiver =
      this.#guard(component, () => this.#enter(component, () => this.#build(component))) ??
      sink(id, this.#pipeline.ledger);
    this.#receivers.set(id, receiver);
    return receiver;
  }

  #build(component: Component): Receiver {
    const args = this.#args(component);
    const context = this.#context(component);
    switch (component.name) {
      case "loki.process": {
        const next = context.fanOut(args.receivers("forward_to"));
        return buildStages(args, context, { component: component.id, stage: "" }, next);
      }
      case "loki.relabel":
        return relabelReceiver(args, context);
      case "loki.write":
        return write(args, context);
      default:
        if (!SINKS.has(component.name)) {
          this.#warn(component, component.block, `what ${component.id} does with entries is not evaluated`);
        }
        return sink(component.id, context.ledger);
    }
  }

  #fanOut(ids: readonly string[]): Receiver {
    const receivers = ids.map((id) => this.#receiver(id));
    const [only] = receivers;
    if (only !== undefined && receivers.length === 1) return only;
    return {
      push(entry) {
        for (const receiver of receivers) receiver.push(entry.clone());
      },
      flush() {
        for (const receiver of receivers) receiver.flush();
      },
    };
  }

  #rulesOf(id: string): readonly Rule[] {
    const known = this.#rules.get(id);
    if (known !== undefined) return known;
    const component = this.#components.get(id);
    const rules =
      component === undefined ? [] : (this.#guard(component, () => readRules(this.#args(component))) ?? []);
    this.#rules.set(id, rules);
    return rules;
  }

  /** The value that a dotted path of an expression stands for: an export of the component that it begins with. */
  #lookUp(path: readonly string[]): { value: Value; used: number } | undefined {
    for (let length = path.length - 1; length > 0; length--) {
      const component = this.#components.get(path.slice(0, length).join("."));
      if (component === undefined) continue;
      return { value: this.#export(component, path[length] ?? ""), used: length + 1 };
    }
    return undefined;
  }

  #export(component: Component, name: string): Value {
    if (name === "receiver") return new Capsule(component.id, "receiver");
    if (name === "rules") return new Capsule(component.id, "rules");
    const key = `${component.id}.${name}`;
    const known = this.#exports.get(key);
    if (known !== undefined) return known;
    const value =
      this.#guard(component, () => this.#enter(component, () => this.#targets(component, name))) ?? [];
    this.#exports.set(key, value);
    return value;
  }

  #targets(component: Component, name: string): Value {
    const args = this.#args(component);
    if (component.name === "local.file_match" && name === "targets") {
      return [...matchFiles(args.targets("path_targets"), this.#context(component), args, "path_targets")];
    }
    if (component.name === "discovery.relabel" && name === "output") {
      const rules = this.#rulesOf(component.id);
      return args.targets("targets").flatMap((target) => {
        const labels = new Map(target);
        return relabel(rules, labels) === undefined ? [labels] : [];
      });
    }
    if (name === "targets" || name === "output") {
      this.#warn(
        component,
        component.block,
        `the ${name} of ${component.id} are not known offline and taken as none`,
      );
      return [];
    }
    return new Capsule(component.id, "opaque");
  }

  /** Runs `work` with the component marked as being built; one that needs itself is a cycle. */
  #enter<T>(component: Component, work: () => T): T | undefined {
    if (this.#building.includes(component.id)) {
      const circle = [...this.#building.slice(this.#building.indexOf(component.id)), component.id].join(
        " -> ",
      );
      const span = this.#span(component, component.block);
      this.#diagnostics.push(
        error("pipeline/cycle", `components refer to each other in a circle: ${circle}`, { span }),
      );
      return undefined;
    }
    this.#building.push(component.id);
    try {
      return work();
    } finally {
      this.#building.pop();
    }
  }

  /** Runs `work`; arguments that it refuses become a diagnostic in the component's file. */
  #guard<T>(component: Component, work: () => T): T | undefined {
    try {
      return work();
    } catch (caught) {
      if (!(caught instanceof ArgumentError)) throw caught;
      const span = this.#span(component, caught.node);
      this.#diagnostics.push(error("pipeline/bad-argument", `${component.id}: ${caught.message}`, { span }));
      return undefined;
    }
  }

  #warn(component: Component, node: Node, message: string): void {
    this.#diagnostics.push(warning("pipeline/not-simulated", message, { span: this.#span(component, node) }));
  }

  /** A block is shown by its head, not by all that is in it. */
  #span(component: Component, node: Node): Span {
    return component.index.span(node.start, "open" in node ? (node as Block).open : node.end);
  }
}

interface PipelineParts {
  ledger: Ledger;
  clock: () => bigint;
  state: { newest: bigint };
  outcomes: Outcome[];
}

/** Where entries end without a word; `pipelinetest.loki` is what the configurations of pipeline tests write to. */
const SINKS: ReadonlySet<string> = new Set(["loki.echo", "pipelinetest.loki"]);

const RECEIVERS: ReadonlySet<string> = new Set(["loki.process", "loki.relabel", "loki.write", "loki.echo"]);
