/**
 * The engine as a program of its own, so that it can be measured alone: reads `journalctl -o json` from standard input,
 * sends it through the configuration that it is given, and prints what became of the entries.
 */
import { readFileSync } from "node:fs";
import { parse } from "../../../src/alloy/index.ts";
import { compile, isMalformed, type Outcome } from "../../../src/pipeline/index.ts";
import { wholeLines } from "../../../src/process/index.ts";

const path = process.argv[2] ?? "";
const { pipeline } = compile(parse(path, readFileSync(path, "utf8")).file, {
  alloyVersion: "1.18.1",
  env: {},
});
if (pipeline === undefined) throw new Error(`${path} is no configuration`);
const counts = { read: 0, sent: 0, dropped: 0 };
const settle = (outcomes: readonly Outcome[]): void => {
  for (const { outcome } of outcomes) counts[outcome]++;
};
const reader = pipeline.journalReader();
for await (const lines of wholeLines(process.stdin)) {
  for (const entry of reader.read(lines)) {
    if (!isMalformed(entry)) settle(pipeline.pushJournal(entry, counts.read));
    counts.read++;
  }
}
settle(pipeline.flush());
console.log(JSON.stringify(counts));
