import { globSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { applyFixes, check, format, parse } from "../../src/alloy/index.ts";
import type { Diagnostic } from "../../src/diagnostics/index.ts";
import { templateError } from "../../src/pipeline/index.ts";

export interface FuzzFigures {
  runs: number;
  /** Mutants with syntax errors. */
  refused: number;
  /** Mutants that were printed and checked. */
  accepted: number;
  /** Of those, the ones that were mended. */
  mended: number;
  /** The longest that one mutant took, in milliseconds, and the seed that makes it. */
  worst: { milliseconds: number; seed: number };
}

/** A mutant that broke a law. Its seed alone makes it again. */
export class FuzzFailure extends Error {
  readonly seed: number;
  readonly mutant: string;

  constructor(seed: number, mutant: string, cause: unknown) {
    super(`seed ${seed}: ${cause instanceof Error ? cause.message : String(cause)}`, { cause });
    this.seed = seed;
    this.mutant = mutant;
  }
}

/** A mutant may take so long, which is a thousand times what most take. */
const LIMIT = 2000;

/**
 * Formats, checks and mends `runs` mutants of the recorded configurations, one for each seed from `seed` on.
 *
 * @throws FuzzFailure for an exception, a place outside the text, a printed or mended text that cannot be parsed,
 *   and a mutant that takes more than two seconds.
 */
export function fuzz(runs: number, seed: number, onRun?: (done: number) => void): FuzzFigures {
  const seeds = corpus();
  const figures: FuzzFigures = { runs, refused: 0, accepted: 0, mended: 0, worst: { milliseconds: 0, seed } };
  for (let run = 0; run < runs; run++) {
    const own = seed + run;
    const mutant = mutate(seeds, own);
    const begun = performance.now();
    try {
      figures[examine(mutant, figures)]++;
    } catch (caught) {
      throw new FuzzFailure(own, mutant, caught);
    }
    const milliseconds = performance.now() - begun;
    if (milliseconds > figures.worst.milliseconds) figures.worst = { milliseconds, seed: own };
    if (milliseconds > LIMIT) throw new FuzzFailure(own, mutant, `took ${milliseconds.toFixed(0)} ms`);
    onRun?.(run + 1);
  }
  return figures;
}

function examine(text: string, figures: FuzzFigures): "refused" | "accepted" {
  const formatted = format("mutant", text);
  checkPlaces(formatted.diagnostics, text);
  if ((formatted.text === undefined) !== formatted.diagnostics.length > 0)
    throw new Error("a text is printed if and only if it has no errors");
  if (formatted.text === undefined) return "refused";
  const { file } = parse("mutant", text);
  mustParse(formatted.text, "the printed text");
  const found = check(file, { alloyVersion: "1.18.1", templateError });
  checkPlaces(found, text);
  const { text: mended, fixed } = applyFixes(text, found);
  if (fixed.length > 0) {
    mustParse(mended, "the mended text");
    figures.mended++;
  }
  return "accepted";
}

function checkPlaces(diagnostics: readonly Diagnostic[], text: string): void {
  for (const { span, message } of diagnostics) {
    const inside =
      span !== undefined && span.start.offset <= span.end.offset && span.end.offset <= text.length;
    if (!inside) throw new Error(`"${message}" has no place in the text`);
  }
}

function mustParse(text: string, what: string): void {
  const [first] = parse("again", text).diagnostics;
  if (first !== undefined) throw new Error(`${what} cannot be parsed: ${first.message}`);
}

/** Configurations that Alloy accepted and that it refused, as recorded. */
function corpus(): string[] {
  const oracle = join(import.meta.dirname, "../oracle");
  const fixtures = join(import.meta.dirname, "../fixtures/alloy");
  const paths = [
    ...globSync(["fmt/*.alloy", "invalid/*.alloy", "cases/*/config.alloy"], { cwd: oracle }).map((path) =>
      join(oracle, path),
    ),
    ...globSync("*/*.alloy", { cwd: fixtures }).map((path) => join(fixtures, path)),
  ];
  return paths.sort().map((path) => readFileSync(path, "utf8"));
}

const SCRAPS = [
  ...Array.from("{}[]()\"`'=.,;:#+-*/%^!<>|&\\ \t\n\r\v\f\0\ufeff\ufffd\ud800"),
  ...'a 1 ż 😀 0s -1 1e9 .5 007 null true "" || && // /* */'.split(" "),
  ...'\n\n| /* c */ |\n// c\n|\r\n|a.b.c|[1,|{a = |f(x)|"\\x41"|"\\uD800"|`\n`|x = 1\n|b "l" {\n|}\n'.split(
    "|",
  ),
];

/** One to four changes of a recorded configuration; the same seed makes the same mutant. */
function mutate(seeds: readonly string[], seed: number): string {
  const random = generator(seed);
  const pick = (list: readonly string[]): string => list[random(list.length)] ?? "";
  let text = pick(seeds);
  for (let changes = 1 + random(4); changes > 0; changes--) {
    const at = random(text.length + 1);
    const end = at + random(20);
    switch (random(7)) {
      case 0:
        text = text.slice(0, at) + text.slice(end);
        break;
      case 1:
        text = text.slice(0, at) + text.slice(at, end).repeat(2 + random(3)) + text.slice(end);
        break;
      case 2:
        text = text.slice(0, random(8) === 0 ? at : text.length);
        break;
      case 3: {
        const other = pick(seeds);
        const from = random(other.length + 1);
        text = text.slice(0, at) + other.slice(from, from + random(60)) + text.slice(at);
        break;
      }
      case 4:
        text = exchangeWords(text, random);
        break;
      default:
        text = text.slice(0, at) + pick(SCRAPS) + text.slice(random(3) === 0 ? end : at);
    }
  }
  return text;
}

/** Puts a word of the text in place of another: what comes out is often still Alloy, and wrong. */
function exchangeWords(text: string, random: (below: number) => number): string {
  const words = [...text.matchAll(/"(?:[^"\\\n]|\\.)*"|[\w.]+/g)];
  const from = words[random(words.length)];
  const to = words[random(words.length)];
  if (from === undefined || to === undefined) return text;
  return text.slice(0, to.index) + from[0] + text.slice(to.index + to[0].length);
}

/** Whole numbers below a limit, the same for the same seed (the mixing steps of splitmix32). */
function generator(seed: number): (below: number) => number {
  let state = seed | 0;
  return (below) => {
    state = (state + 0x9e3779b9) | 0;
    let mixed = Math.imul(state ^ (state >>> 16), 0x21f0aaad);
    mixed = Math.imul(mixed ^ (mixed >>> 15), 0x735a2d97);
    return ((mixed ^ (mixed >>> 15)) >>> 0) % below;
  };
}
