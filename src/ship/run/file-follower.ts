import { open, stat, type FileHandle } from "node:fs/promises";
import { setTimeout as sleep } from "node:timers/promises";
import type { Tail } from "../../pipeline/index.ts";
import type { PositionKey, Positions } from "./positions.ts";

export interface FileOptions {
  positions: Positions;
  signal: AbortSignal;
}

/** Milliseconds between two looks at a file that had nothing new, as loki.source.file has it. */
const POLL = 250;
const CHUNK = 64 * 1024;
const LINE_FEED = 0x0a;

/**
 * Reads a file from its position on and then whatever is added, line by line, until the signal is aborted, `take`
 * says false or the file is gone. A file that was replaced is first read to its end; one that was cut short is read from its
 * beginning. The next line is read when `take` is done with the one before.
 */
export async function followFile(
  tail: Tail,
  options: FileOptions,
  take: (line: Uint8Array) => Promise<boolean>,
): Promise<void> {
  const { positions, signal } = options;
  const key = keyOf(tail);
  let file = await open(tail.path, "r");
  try {
    let offset = await beginning(file, tail, positions.get(key));
    let rest: Uint8Array = new Uint8Array();
    while (!signal.aborted) {
      const chunk = await readChunk(file, offset + rest.length);
      if (chunk.length > 0) {
        rest = Buffer.concat([rest, chunk]);
        for (let end = rest.indexOf(LINE_FEED); end !== -1; end = rest.indexOf(LINE_FEED)) {
          if (!(await take(rest.subarray(0, end)))) return;
          rest = rest.subarray(end + 1);
          offset += end + 1;
          positions.put(key, String(offset));
        }
        continue;
      }
      const change = await changeOf(file, tail.path, offset + rest.length);
      if (change === "none") {
        await sleep(POLL, undefined, { signal }).catch(() => undefined);
        continue;
      }
      if (change !== "cut" && rest.length > 0 && !(await take(rest))) return;
      if (change === "gone") return;
      rest = new Uint8Array();
      offset = 0;
      if (change === "replaced") {
        await file.close();
        file = await open(tail.path, "r");
      }
    }
  } finally {
    await file.close();
  }
}

async function beginning(file: FileHandle, tail: Tail, position: string | undefined): Promise<number> {
  const { size } = await file.stat();
  if (position === undefined) return tail.fromEnd ? size : 0;
  const offset = Number(position);
  return Number.isSafeInteger(offset) && offset >= 0 && offset <= size ? offset : 0;
}

async function readChunk(file: FileHandle, from: number): Promise<Uint8Array> {
  const { buffer, bytesRead } = await file.read(Buffer.alloc(CHUNK), 0, CHUNK, from);
  return buffer.subarray(0, bytesRead);
}

/** What became of a file whose end was reached. */
async function changeOf(
  file: FileHandle,
  path: string,
  read: number,
): Promise<"none" | "replaced" | "cut" | "gone"> {
  const ours = await file.stat();
  // What came between the last read and now is read first.
  if (ours.size > read) return "none";
  const there = await stat(path).catch(() => undefined);
  if (there === undefined) return "gone";
  if (there.ino !== ours.ino || there.dev !== ours.dev) return "replaced";
  return ours.size < read ? "cut" : "none";
}

/** As Alloy keys its positions: the path, and the labels of the target without the file's name. */
function keyOf({ path, labels }: Tail): PositionKey {
  const pairs = [...labels]
    .filter(([name]) => name !== "filename")
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([name, value]) => `${name}=${JSON.stringify(value)}`);
  return { path, labels: `{${pairs.join(", ")}}` };
}
