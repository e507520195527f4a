import { createHash } from "node:crypto";
import { mkdirSync, statSync, utimesSync } from "node:fs";
import { join } from "node:path";
import { Disk, type Input } from "./disk.ts";
import { seal, unseal } from "./envelope.ts";
import { DAY, trim } from "./eviction.ts";
import { StatCache } from "./stat-cache.ts";

/** An answer, the inputs that it came of, and the hash of what they all were. */
interface Entry {
  hash: string;
  inputs: readonly Input[];
  answer: unknown;
}

export interface AnswersOptions {
  /** Absolute path of the cache's own directory. */
  directory: string;
  /** Absolute path of the repository, whose files' digests are kept together. */
  root: string;
  env: Readonly<Record<string, string | undefined>>;
}

/** So many answers to one question are kept: going back and forth between a few branches costs nothing. */
const KEPT = 6;
/** The form of the files; another form is another directory. */
const FORM = "1";

/**
 * Answers of evaluations, kept on disk under what they came of.
 *
 * A question is all that is known before an evaluation (which host, through which nixpkgs, with which options); its
 * inputs are what the evaluation looked at. An answer is given again only where everything that was looked at is
 * what it was: the hash over the inputs' digests has to be the same. Nothing is ever invalidated; what is no longer
 * asked for goes away with time.
 *
 * Any number of processes may share a cache. Each file is replaced whole and carries a checksum, so the worst that a
 * kill, a full disk or a race can do is to lose an answer.
 */
export class Answers {
  readonly #options: AnswersOptions;
  readonly #directory: string;
  readonly #stats: StatCache;
  readonly #statsFile: string;
  /** The world before anything was evaluated. */
  readonly #before: Disk;

  constructor(options: AnswersOptions) {
    this.#options = options;
    this.#directory = join(options.directory, FORM);
    this.#statsFile = join(this.#directory, "files", keyOf(options.root));
    this.#stats = new StatCache(
      (unseal(this.#statsFile) ?? []) as ConstructorParameters<typeof StatCache>[0],
    );
    this.#before = new Disk(this.#stats, options.env);
  }

  /** The answer to a question for the world as it was when the first answer was asked for; undefined for none. */
  recall(question: string): unknown {
    const file = this.#fileOf(question);
    for (const { hash, inputs, answer } of this.#entries(file)) {
      if (this.#hash(inputs, this.#before) !== hash) continue;
      markUsed(file);
      return answer;
    }
    return undefined;
  }

  /**
   * Keeps the answer to a question, unless an input changed after `since` (milliseconds since 1970), when the
   * evaluation had not begun: then nobody knows what it saw.
   *
   * @param now the world as it is after the evaluation: from `look`
   * @returns false when it was not kept.
   */
  keep(question: string, answer: unknown, inputs: readonly Input[], since: number, now: Disk): boolean {
    if (inputs.some((input) => now.changedSince(input, since, this.#options.root))) return false;
    const file = this.#fileOf(question);
    const hash = this.#hash(inputs, now);
    const others = this.#entries(file).filter((entry) => entry.hash !== hash);
    return this.#save(file, [{ hash, inputs, answer }, ...others].slice(0, KEPT));
  }

  /** The world as it is at this moment. */
  look(): Disk {
    return new Disk(this.#stats, this.#options.env);
  }

  /** Writes what was learnt of files, and makes room; to be called once, at the end. */
  close(): void {
    if (this.#stats.changed) this.#save(this.#statsFile, this.#stats.rows());
    trim(this.#directory);
  }

  #fileOf(question: string): string {
    const key = keyOf(question);
    return join(this.#directory, "answers", key.slice(0, 2), key.slice(2));
  }

  #entries(file: string): readonly Entry[] {
    return (unseal(file) ?? []) as readonly Entry[];
  }

  #hash(inputs: readonly Input[], disk: Disk): string {
    const sum = createHash("sha256");
    for (const input of inputs) sum.update(`${input.kind}\0${input.subject}\0${disk.digest(input)}\0`);
    return sum.digest("hex");
  }

  /** A cache that cannot be written is no reason to fail: the answer itself is there. */
  #save(file: string, value: unknown): boolean {
    const scratch = join(this.#directory, "scratch");
    try {
      mkdirSync(scratch, { recursive: true });
      seal(file, value, scratch);
      return true;
    } catch {
      return false;
    }
  }
}

/** The times of files say when they were last of use; a day is as exact as that has to be. */
function markUsed(file: string): void {
  const now = Date.now();
  try {
    if (now - statSync(file).mtimeMs > DAY) utimesSync(file, now / 1000, now / 1000);
  } catch {
    // Somebody made room.
  }
}

function keyOf(text: string): string {
  return createHash("sha256").update(text).digest("hex");
}
