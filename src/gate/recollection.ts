import { fileURLToPath } from "node:url";
import { OWN_NIX_FILES, nixConfigurationFiles, nixVariables, type Look } from "../nix/index.ts";
import { Answers, type Input } from "./cache/index.ts";

/** Where answers are kept from run to run. */
export interface CacheOptions {
  /** Absolute path. */
  directory: string;
  /** True for a run that asks for no earlier answer; what it finds is kept all the same. */
  cold?: boolean;
}

export interface RecollectionOptions {
  /** Undefined to neither ask for answers nor keep any. */
  cache: CacheOptions | undefined;
  /** Absolute path of the repository. */
  root: string;
  /** The environment that Nix is given. */
  env: Readonly<Record<string, string | undefined>>;
  /** Path of the program that evaluates. */
  instantiate: string;
  /** What else every answer of this run depends on, such as options for Nix. */
  settings: unknown;
}

/** An answer that a run came to, and what it is worth to the next. */
export interface Found<T> {
  value: T;
  looks: readonly Look[];
  /** When the evaluation was begun, in milliseconds since 1970. */
  since: number;
}

/** The parts of fleet that make a verdict of what Nix says. */
const OWN_CODE = ["../gate", "../nix", "../diagnostics"].map((path) =>
  fileURLToPath(new URL(path, import.meta.url)),
);

/**
 * What earlier runs found out and what this one does, over the cache: adds to every question and its inputs what all
 * evaluations depend on, which is fleet's own code, the program, its configuration files and variables.
 */
export class Recollection {
  readonly #answers: Answers | undefined;
  readonly #cold: boolean;
  readonly #common: readonly Input[];
  readonly #context: unknown;

  constructor({ cache, root, env, instantiate, settings }: RecollectionOptions) {
    this.#answers = cache === undefined ? undefined : new Answers({ directory: cache.directory, root, env });
    this.#cold = cache?.cold ?? false;
    this.#common = [
      { kind: "program", subject: instantiate },
      { kind: "program", subject: process.execPath },
      ...[OWN_NIX_FILES.slice(0, -1), ...OWN_CODE].map((subject): Input => ({ kind: "tree", subject })),
      ...nixConfigurationFiles(env).map((subject): Input => ({ kind: "read", subject })),
    ];
    // Entries of NIX_PATH may start at the current directory.
    const here = /(^|[:=])[^/:=]/.test(env["NIX_PATH"] ?? "") ? process.cwd() : "";
    this.#context = [root, instantiate, settings, nixVariables(env), here];
  }

  /** What was found of `question` when all that it came of was as it is now; undefined when nothing was. */
  recall(question: unknown): unknown {
    return this.#cold ? undefined : this.#answers?.recall(this.#ask(question));
  }

  /**
   * Keeps what was found, all of one process together.
   *
   * @returns for each, in words, why the next run will not know it; undefined where it will, or where there is no cache.
   */
  keep(found: readonly { question: unknown; found: Found<unknown> }[]): (string | undefined)[] {
    const answers = this.#answers;
    if (answers === undefined) return found.map(() => undefined);
    const now = answers.look();
    return found.map(({ question, found: { value, looks, since } }) => {
      const impure = looks.find(({ kind }) => kind === "impure");
      if (impure !== undefined) return impure.subject;
      const inputs = [...this.#common, ...distinct(looks)];
      return answers.keep(this.#ask(question), value, inputs, since, now) ? undefined : CHANGED;
    });
  }

  close(): void {
    this.#answers?.close();
  }

  #ask(question: unknown): string {
    return JSON.stringify([question, this.#context]);
  }
}

const CHANGED = "files that changed while they were read, or a cache that cannot be written";

/** Each look once, in an order of their own. */
function distinct(looks: readonly Look[]): Look[] {
  const byName = new Map(looks.map((look) => [`${look.kind} ${look.subject}`, look]));
  return [...byName].sort(([left], [right]) => (left < right ? -1 : 1)).map(([, look]) => look);
}
