import type { Arguments } from "../config/arguments.ts";
import { streamKey, type Entry } from "../entry.ts";
import type { Place, Receiver } from "../receiver.ts";
import { snapshot } from "../trace.ts";
import type { StageContext } from "./stage.ts";

/** The block that a stream is collecting. */
interface Block {
  /** Gives the joined entry its labels, time and extracted map; kept when max_lines cuts a block in two. */
  first: Entry;
  text: string;
  lines: number;
  from: number[];
  /** When its newest line came, in nanoseconds since 1970. */
  touched: bigint;
}

/**
 * stage.multiline: joins the lines of each label set from one that matches `firstline` up to the next. Lines
 * before the first such line pass. A block ends with the next first line, at max_lines, when the input is flushed,
 * and in a pipeline that runs on when max_wait_time is over.
 */
export function multiline(args: Arguments, context: StageContext, place: Place, next: Receiver): Receiver {
  if (args.string("firstline") === "") args.fail("firstline is required", "firstline");
  const firstLine = args.regex("firstline");
  const maxLines = args.number("max_lines", 128);
  const maxWait = args.duration("max_wait_time", "3s");
  if (maxWait <= 0n) args.fail("max_wait_time must be greater than 0", "max_wait_time");
  const trims = args.bool("trim_newlines", true);
  const blocks = new Map<string, Block>();

  function emit(block: Block): void {
    const joined = block.first.clone();
    joined.line = block.text;
    joined.from = block.from;
    joined.trace?.push({
      in: place.component,
      stage: place.stage,
      before: snapshot(block.first),
      after: snapshot(joined),
      note: `joined ${block.lines} ${block.lines === 1 ? "line" : "lines"}`,
    });
    Object.assign(block, { text: "", lines: 0, from: [] });
    next.push(joined);
  }

  context.onTick(() => {
    for (const [key, block] of blocks) {
      if (context.clock() - block.touched < maxWait) continue;
      if (block.lines > 0) emit(block);
      blocks.delete(key);
    }
  });

  return {
    push(entry) {
      const key = streamKey(entry.labels);
      const starts = firstLine.test(entry.line);
      let block = blocks.get(key);
      if (block === undefined) {
        if (!starts) {
          next.push(entry);
          return;
        }
        block = { first: entry, text: "", lines: 0, from: [], touched: 0n };
        blocks.set(key, block);
      }
      if (starts && block.lines > 0) emit(block);
      if (starts) block.first = entry;
      const line = trims ? entry.line.replace(/[\r\n]+$/, "") : entry.line;
      // As in Alloy, empty lines at the start of a block leave no trace.
      block.text += block.text === "" ? line : `\n${line}`;
      block.lines++;
      block.touched = context.clock();
      block.from.push(...entry.from);
      if (block.lines === maxLines) emit(block);
    },
    flush() {
      for (const block of blocks.values()) if (block.lines > 0) emit(block);
      blocks.clear();
      next.flush();
    },
  };
}
