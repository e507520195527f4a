import { Parser, type Result } from "tap-parser";

export interface Counts {
  passed: number;
  failed: number;
  skipped: { name: string; reason: string }[];
}

/** Counts the assertions of a TAP stream at any depth; a subtest's own closing line is not one. */
export function countTap(tap: string): Counts {
  const counts: Counts = { passed: 0, failed: 0, skipped: [] };
  const parser = new Parser();
  watch(parser, counts);
  parser.end(tap);
  return counts;
}

function watch(parser: Parser, counts: Counts): void {
  let afterChild = false;
  parser.on("child", (child: Parser) => {
    afterChild = true;
    watch(child, counts);
  });
  parser.on("assert", (assertion: Result) => {
    const closesChild = afterChild;
    afterChild = false;
    if (assertion.skip) {
      counts.skipped.push({ name: assertion.name, reason: String(assertion.skip) });
    } else if (!closesChild) {
      if (assertion.ok) counts.passed += 1;
      else counts.failed += 1;
    }
  });
}
