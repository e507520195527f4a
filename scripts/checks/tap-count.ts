import { Parser, type Result } from "tap-parser";

export interface Counts {
  passed: number;
  failed: number;
  skipped: { name: string; reason: string }[];
  /** What tests say of recordings of real programs: how many there are, and which are not reproduced. */
  recordings: string[];
}

/** How a comment begins that is told at the end of a run. */
const RECORDINGS = "# recordings: ";

/** Counts the assertions of a TAP stream at any depth; a subtest's own closing line is not one. */
export function countTap(tap: string): Counts {
  const counts: Counts = { passed: 0, failed: 0, skipped: [], recordings: [] };
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
  parser.on("comment", (comment: string) => {
    if (comment.startsWith(RECORDINGS)) counts.recordings.push(comment.slice(RECORDINGS.length).trimEnd());
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
