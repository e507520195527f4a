import { existsSync, readFileSync, realpathSync } from "node:fs";
import { join, relative, sep } from "node:path";
import { LineIndex, type Span } from "../diagnostics/index.ts";
import { OWN } from "./evaluate.ts";
import type { NixPlace } from "./failure.ts";

/** The stretch that a place of Nix underlines: an attribute path, a name, a word, else one character. */
const MARKED = /[^\s=;(){}[\]]+|$/y;

const FLAKE_SOURCE = /^\/nix\/store\/[a-z0-9]{32}-source\/(.+)$/;

/**
 * Turns the places that Nix names into spans of files in the repository. The links through which hosts import
 * shared modules are resolved, so that a module has one name however it was reached.
 */
export class Places {
  readonly #root: string;
  readonly #texts = new Map<string, LineIndex | undefined>();

  /** @param root absolute path of the repository */
  constructor(root: string) {
    this.#root = realpathSync(root);
  }

  /**
   * A file's path from the root; undefined for a file outside of the repository. Files of a flake's source, which
   * Nix copies into its store, are those of the repository.
   */
  relative(file: string): string | undefined {
    // Hosts beside fleet's own sources import through nix/gate/world.nix like all others.
    if (file.startsWith(OWN)) return undefined;
    const copied = FLAKE_SOURCE.exec(file)?.[1];
    if (copied !== undefined && existsSync(join(this.#root, copied))) return copied;
    const way = relative(this.#root, real(file));
    return way === ".." || way.startsWith(`..${sep}`) || way.startsWith(sep) ? undefined : way;
  }

  /** Absolute paths of the files whose text was asked for so far. */
  get read(): string[] {
    return [...this.#texts.keys()].map((file) => join(this.#root, file));
  }

  /** The lines of a file of the repository; undefined when it cannot be read. */
  lines(file: string): LineIndex | undefined {
    if (!this.#texts.has(file)) this.#texts.set(file, this.#read(file));
    return this.#texts.get(file);
  }

  /** The span of a place; undefined when it is not in the repository. */
  span(place: NixPlace): Span | undefined {
    const file = this.relative(place.file);
    const lines = file === undefined ? undefined : this.lines(file);
    if (lines === undefined) return undefined;
    if (place.line === undefined) return lines.span(0, 0);
    const start = offsetOf(lines, place.line, place.column ?? 1);
    MARKED.lastIndex = start;
    const length = MARKED.exec(lines.text)?.[0].length ?? 0;
    return lines.span(start, start + length);
  }

  /** Whether a text names a file of the repository, by its absolute path. */
  mentions(text: string): boolean {
    return (text.match(/\/[^\s'`:]+/g) ?? []).some((file) => this.relative(file) !== undefined);
  }

  /** `text` with the names of files of the repository shortened to those from the root. */
  shorten(text: string, files: Iterable<string>): string {
    let shortened = text;
    for (const file of files) {
      const short = this.relative(file);
      if (short !== undefined) shortened = shortened.replaceAll(file, short);
    }
    return shortened.replaceAll(this.#root + sep, "");
  }

  #read(file: string): LineIndex | undefined {
    try {
      return new LineIndex(file, readFileSync(join(this.#root, file), "utf8"));
    } catch {
      return undefined;
    }
  }
}

function real(file: string): string {
  try {
    return realpathSync(file);
  } catch {
    return file;
  }
}

/** Nix counts columns in bytes, spans in UTF-16 code units. */
function offsetOf(lines: LineIndex, row: number, column: number): number {
  const line = lines.line(row);
  const before = Buffer.from(line, "utf8")
    .subarray(0, column - 1)
    .toString("utf8").length;
  let start = 0;
  for (let number = 1; number < row; number++) start = lines.text.indexOf("\n", start) + 1;
  return start + before;
}
