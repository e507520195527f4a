import type { Arguments } from "../config/arguments.ts";
import { Entry } from "../entry.ts";
import { compileGlob } from "../glob.ts";
import { dropEntry } from "../receiver.ts";
import { traceSource } from "../trace.ts";
import type { ComponentContext } from "./component.ts";

/** How the bytes of a file become lines. */
export interface FileFormat {
  /** An IANA name; "" is UTF-8. */
  encoding: string;
  compression: "gz" | "z" | "bz2" | undefined;
}

/** A source of lines from files. */
export interface FileSource {
  /** `loki.source.file.read`. */
  id: string;
  /** The files that it reads, each with the labels of its targets. */
  readonly targets: ReadonlyMap<string, readonly ReadonlyMap<string, string>[]>;
  format: FileFormat;
  /** True when what a file already holds is not for reading. */
  fromEnd: boolean;
  /** Looks again which files there are. Throws ArgumentError. */
  refresh(): void;
  push(path: string, line: string, index: number): void;
  flush(): void;
}

type Target = ReadonlyMap<string, string>;

/**
 * loki.source.file: a line of a file becomes an entry for each target with its path, with the label `filename` and
 * the time of reading. A path is taken as it is unless `file_match` is enabled. Whoever reads the file decompresses
 * and decodes it as `format` says: lines come as text.
 */
export function fileSource(args: Arguments, context: ComponentContext): FileSource {
  const next = context.fanOut(args.receivers("forward_to"));
  const fromEnd = args.bool("tail_from_end", false);
  const cutsReturn = context.dialect === "alloy";
  const matching = args.block("file_match")?.bool("enabled", false) === true;
  const format = readFormat(args);
  let found = new Map<string, Map<string, string>[]>();
  const refresh = (): void => {
    const given = args.targets("targets");
    const files = context.files();
    const existing = new Set(files);
    found = new Map();
    if (!matching) for (const target of given) context.onPattern(target.get("__path__") ?? "");
    for (const target of matching ? matchFiles(given, context, args, "targets") : given) {
      const path = target.get("__path__") ?? "";
      if (!existing.has(path)) continue;
      const labels = new Map([...target].filter(([name]) => !name.startsWith("__"))).set("filename", path);
      found.set(path, [...(found.get(path) ?? []), labels]);
    }
  };
  refresh();
  return {
    id: context.id,
    get targets() {
      return found;
    },
    format,
    fromEnd,
    refresh,
    push(path, line, index) {
      for (const labels of found.get(path) ?? []) {
        const text = cutsReturn && line.endsWith("\r") ? line.slice(0, -1) : line;
        const entry = new Entry(
          { line: text, timestamp: null, labels: new Map(labels), from: [index] },
          context.trace,
        );
        traceSource(entry, context.id);
        if (!fromEnd || context.live) {
          next.push(entry);
          continue;
        }
        const drop = { reason: "tail_from_end", detail: "tail_from_end skips what a file already holds" };
        dropEntry(entry, drop, { component: context.id, stage: context.id }, context.ledger);
      }
    },
    flush: () => next.flush(),
  };
}

function readFormat(args: Arguments): FileFormat {
  const decompression = args.block("decompression");
  const encoding = args.string("encoding", "");
  if (decompression?.bool("enabled") !== true) return { encoding, compression: undefined };
  const compression = decompression.choice("format", ["gz", "z", "bz2"], "gz");
  if (!decompression.has("format")) decompression.fail("format is missing");
  return { encoding, compression };
}

/** local.file_match: a target for each file that `__path__` matches and `__path_exclude__` does not. */
export function matchFiles(
  targets: readonly Target[],
  { files, onPattern }: Pick<ComponentContext, "files" | "onPattern">,
  args: Arguments,
  name: string,
): readonly Target[] {
  return targets.flatMap((target) => {
    const pattern = target.get("__path__") ?? "";
    onPattern(pattern);
    const included = args.compile(name, () => compileGlob(pattern));
    const exclude = target.get("__path_exclude__") ?? "";
    const excluded = exclude === "" ? () => false : args.compile(name, () => compileGlob(exclude));
    return files()
      .filter((file) => included(file) && !excluded(file))
      .map((file) =>
        new Map([...target].filter(([key]) => key !== "__path_exclude__")).set("__path__", file),
      );
  });
}
