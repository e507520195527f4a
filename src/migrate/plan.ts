import { error, FleetError, hasErrors, type Diagnostic } from "../diagnostics/index.ts";

/** The steps of a migration, in order. Everything before `write` only reads the repository. */
export const STEPS = [
  { id: "manifest", title: "Read the manifest and the canary's secrets" },
  { id: "render", title: "Render the Promtail configuration" },
  { id: "generate", title: "Generate the Alloy module" },
  { id: "validate", title: "Format and validate config.alloy" },
  { id: "parity", title: "Compare with the converted Promtail configuration" },
  { id: "gate", title: "Evaluate every host with the change" },
  { id: "ship", title: "Ship a journal through config.alloy to Loki" },
  { id: "vm", title: "Run the canary on a virtual machine, into a Loki container" },
  { id: "write", title: "Write the change" },
] as const;

export type StepId = (typeof STEPS)[number]["id"];

/** How a part of a step was done: by the real program, or by what fleet embeds in its place. */
export interface Means {
  real: boolean;
  /** "nix 2.8.0", "embedded option surface (25.11, 26.05)" */
  name: string;
}

/** What a step found. Errors among the diagnostics fail it. */
export interface Finding {
  summary: string;
  means: readonly Means[];
  /** What a reader may want to see one by one: a line for each component, host, assertion. */
  details?: readonly string[];
  diagnostics?: readonly Diagnostic[];
  /** Why the step could say nothing; left out for one that did. */
  skipped?: string;
}

export interface StepRecord {
  id: StepId;
  title: string;
  status: "passed" | "failed" | "skipped" | "not run";
  seconds: number;
  summary: string;
  means: readonly Means[];
  details: readonly string[];
  diagnostics: readonly Diagnostic[];
}

/** Told as the plan goes on, for progress. */
export type Listener = (event: { type: "started" | "ended"; number: number; step: StepRecord }) => void;

/** Ends a plan: the step that failed is in the records. */
export class StepFailed extends Error {
  override name = "StepFailed";
}

/**
 * Runs steps in the order of STEPS and keeps a record of each. A step fails by a FleetError or by an error
 * among its diagnostics; the plan then ends with StepFailed, and the steps after it stay "not run".
 */
export class Plan {
  readonly records: StepRecord[] = STEPS.map(({ id, title }) => ({
    id,
    title,
    status: "not run",
    seconds: 0,
    summary: "",
    means: [],
    details: [],
    diagnostics: [],
  }));
  readonly #listener: Listener;
  #next = 0;

  constructor(listener: Listener) {
    this.#listener = listener;
  }

  /** Runs the step `id`, which must be the next one, and gives what `work` returned. */
  async run<Result extends Finding>(id: StepId, work: () => Promise<Result> | Result): Promise<Result> {
    const { record, number } = this.#take(id);
    const begun = performance.now();
    this.#listener({ type: "started", number, step: record });
    try {
      const result = await work();
      const { summary, means, details = [], diagnostics = [], skipped } = result;
      const failed = hasErrors(diagnostics);
      const status = failed ? "failed" : skipped === undefined ? "passed" : "skipped";
      Object.assign(record, { summary: skipped ?? summary, means, details, diagnostics, status });
      if (failed) throw new StepFailed(record.title);
      return result;
    } catch (caught) {
      if (caught instanceof StepFailed) throw caught;
      if (!(caught instanceof FleetError)) throw caught;
      Object.assign(record, { status: "failed", diagnostics: caught.diagnostics });
      throw new StepFailed(record.title, { cause: caught });
    } finally {
      record.seconds = (performance.now() - begun) / 1000;
      if (record.status === "failed") record.summary ||= record.diagnostics[0]?.message ?? "failed";
      this.#listener({ type: "ended", number, step: record });
    }
  }

  /** Passes over the step `id`, which must be the next one, and says why. */
  skip(id: StepId, why: string): void {
    const { record, number } = this.#take(id);
    Object.assign(record, { status: "skipped", summary: why });
    this.#listener({ type: "ended", number, step: record });
  }

  #take(id: StepId): { record: StepRecord; number: number } {
    const record = this.records[this.#next];
    if (record?.id !== id) throw new FleetError(error("cli/internal", `step ${id} is out of order`));
    this.#next += 1;
    return { record, number: this.#next };
  }
}
