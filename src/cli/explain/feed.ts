import { createReadStream } from "node:fs";
import { readdir } from "node:fs/promises";
import { join, resolve } from "node:path";
import { createGunzip, createInflate } from "node:zlib";
import { error, FleetError, type Diagnostic } from "../../diagnostics/index.ts";
import {
  isMalformed,
  parseJournalJson,
  splitJournalJson,
  type FileFormat,
  type Outcome,
  type Pipeline,
} from "../../pipeline/index.ts";
import { linePages, wholeLines } from "../../process/index.ts";
import type { Io } from "../io.ts";

/** Where the entries come from, as the command line names it. */
export type Origin = { entries: string } | { journal: string } | { files: string };

/** Input that can be given to a pipeline. */
export interface Feed {
  /** The time of the newest entry in nanoseconds since 1970, where entries have times. */
  newest: bigint | undefined;
  /** Every file there is, as the machine names it. */
  files: readonly string[];
  /** Pushes everything; what cannot be read becomes diagnostics. Gives the number of entries. */
  push(
    pipeline: Pipeline,
    settle: (outcomes: readonly Outcome[]) => Promise<void>,
    report: (one: Diagnostic) => void,
  ): Promise<number>;
}

/**
 * Opens the input.
 *
 * @throws FleetError `pipeline/unreadable-input`
 */
export async function openFeed(origin: Origin, io: Io): Promise<Feed> {
  if ("files" in origin) return fileFeed(resolve(io.cwd, origin.files), io);
  if ("journal" in origin) return journalFeed(resolve(io.cwd, origin.journal), io);
  if (origin.entries === "-") return textFeed(await io.stdin());
  return entriesFeed(resolve(io.cwd, origin.entries), origin.entries);
}

/** A file of entries is read twice when it has one a line, so that it need not fit in memory. */
async function entriesFeed(path: string, name: string): Promise<Feed> {
  const pages = (): AsyncIterable<Buffer> => wholeLines(readBytes(path, name));
  let array: Buffer[] | undefined;
  let newest: bigint | undefined;
  for await (const page of pages()) {
    if (array === undefined && newest === undefined && /^\s*\[/.test(page.toString("latin1"))) array = [];
    if (array === undefined) newest = later(newest, page.toString("latin1"));
    else array.push(page);
  }
  if (array !== undefined) return textFeed(decoder.decode(Buffer.concat(array)));
  return pageFeed(pages, newest);
}

function textFeed(text: string): Feed {
  const items = splitJournalJson(text);
  const lines = items.map((item) => `${typeof item === "string" ? item : JSON.stringify(item)}\n`);
  const newest = lines.reduce<bigint | undefined>(later, undefined);
  return {
    newest,
    files: [],
    async push(pipeline, settle, report) {
      for (const [index, item] of items.entries()) {
        const entry = parseJournalJson(item, index);
        if (isMalformed(entry)) report(entry);
        else await settle(pipeline.pushJournal(entry, index));
      }
      await settle(pipeline.flush());
      return items.length;
    },
  };
}

/** A directory of journal files, by journalctl: once for the newest time, once for the entries. */
async function journalFeed(directory: string, io: Io): Promise<Feed> {
  const args = ["--directory", directory, "--output", "json", "--all", "--quiet", "--no-pager"];
  const options = { signal: io.signal };
  let newest: bigint | undefined;
  for await (const page of linePages("journalctl", [...args, "--lines", "1"], options))
    newest = later(newest, page.toString("latin1"));
  return pageFeed(() => linePages("journalctl", args, options), newest);
}

/** Lines of JSON, many at a time: what a page gives is settled before the next one is read. */
function pageFeed(pages: () => AsyncIterable<Buffer>, newest: bigint | undefined): Feed {
  return {
    newest,
    files: [],
    async push(pipeline, settle, report) {
      const reader = pipeline.journalReader();
      for await (const page of pages()) {
        const outcomes: Outcome[] = [];
        for (const entry of reader.read(page)) {
          if (isMalformed(entry)) report(entry);
          else outcomes.push(...pipeline.pushJournal(entry, reader.count - 1));
        }
        await settle(outcomes);
      }
      await settle(pipeline.flush());
      return reader.count;
    },
  };
}

/** A root under which a machine's log files stand; a last line without a line feed waits for the rest of it. */
async function fileFeed(root: string, io: Io): Promise<Feed> {
  return {
    newest: undefined,
    files: await filesUnder(root, ""),
    async push(pipeline, settle) {
      let index = 0;
      for (const [path, format] of [...pipeline.formats].sort(([left], [right]) => (left < right ? -1 : 1))) {
        const unfinished = (): void => io.log(`${path}: the last line has no line feed, Alloy waits for it`);
        // What is compressed does not grow: its last line is complete.
        const told = format.compression === undefined ? unfinished : undefined;
        for await (const line of readLines(join(root, path), path, told, format)) {
          await settle(pipeline.pushFileLine(path, line, index++));
        }
      }
      await settle(pipeline.flush());
      return index;
    },
  };
}

async function filesUnder(root: string, directory: string): Promise<string[]> {
  const found: string[] = [];
  const items = await readdir(join(root, directory), { withFileTypes: true }).catch((caught: unknown) => {
    throw unreadable(join(root, directory), caught);
  });
  for (const item of items.sort((left, right) => (left.name < right.name ? -1 : 1))) {
    const path = `${directory}/${item.name}`;
    if (item.isDirectory()) found.push(...(await filesUnder(root, path)));
    else if (item.isFile()) found.push(path);
  }
  return found;
}

const decoder = new TextDecoder();
const LINE_FEED = 10;
/** Bytes that are read at a time. */
const PAGE = 256 * 1024;

/** The lines of a file as UTF-8; what follows the last line feed counts unless `unfinished` is there to be told. */
async function* readLines(
  path: string,
  name: string,
  unfinished: (() => void) | undefined,
  format: FileFormat,
): AsyncGenerator<Uint8Array> {
  for await (const page of wholeLines(readBytes(path, name, format))) {
    let from = 0;
    for (let end = page.indexOf(LINE_FEED); end !== -1; end = page.indexOf(LINE_FEED, from)) {
      yield page.subarray(from, end);
      from = end + 1;
    }
    if (from === page.length) continue;
    if (unfinished === undefined) yield page.subarray(from);
    else unfinished();
  }
}

const PLAIN: FileFormat = { encoding: "", compression: undefined };

async function* readBytes(path: string, name: string, format: FileFormat = PLAIN): AsyncGenerator<Buffer> {
  try {
    yield* decoded(path, format);
  } catch (caught) {
    throw caught instanceof FleetError ? caught : unreadable(name, caught);
  }
}

/** The bytes of a file as UTF-8 without a byte order mark. */
async function* decoded(path: string, { encoding, compression }: FileFormat): AsyncGenerator<Buffer> {
  if (compression === "bz2") {
    throw new FleetError(error("pipeline/not-simulated", `${path}: bz2 is not decompressed here`));
  }
  const file = createReadStream(path, { highWaterMark: PAGE });
  const bytes =
    compression === undefined ? file : file.pipe(compression === "gz" ? createGunzip() : createInflate());
  // A failing file does not fail the stream it is piped into.
  if (bytes !== file) file.once("error", (reason) => bytes.destroy(reason));
  const text = encoding === "" ? undefined : new TextDecoder(encoding);
  let first = true;
  for await (const chunk of bytes as AsyncIterable<Buffer>) {
    const whole = text === undefined ? chunk : Buffer.from(text.decode(chunk, { stream: true }), "utf8");
    yield first && whole.subarray(0, 3).equals(MARK) ? whole.subarray(3) : whole;
    first = false;
  }
}

const MARK = Buffer.from("\ufeff", "utf8");

function unreadable(path: string, caught: unknown): FleetError {
  const missing = (caught as NodeJS.ErrnoException).code === "ENOENT";
  const reason = missing ? "there is nothing there" : String(caught);
  return new FleetError(
    error("pipeline/unreadable-input", `${path} cannot be read: ${reason}`, { hint: "check the path" }),
  );
}

/** The latest of a time and those of entries, which are found without parsing the entries. */
function later(newest: bigint | undefined, entries: string): bigint | undefined {
  let latest = newest;
  for (const [, digits = ""] of entries.matchAll(/"__REALTIME_TIMESTAMP"\s*:\s*"?(\d{1,20})/g)) {
    const time = BigInt(digits) * 1000n;
    if (latest === undefined || time > latest) latest = time;
  }
  return latest;
}
