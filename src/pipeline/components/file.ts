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
  /** The files that it reads. */
  paths: ReadonlySet<string>;
  format: FileFormat;
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
  const given = args.targets("targets");
  const matching = args.block("file_match")?.bool("enabled", false) === true;
  const existing = new Set(context.files);
  const labelsByPath = new Map<string, Map<string, string>[]>();
  for (const target of matching ? matchFiles(given, context.files, args, "targets") : given) {
    const path = target.get("__path__") ?? "";
    if (!existing.has(path)) continue;
    const labels = new Map([...target].filter(([name]) => !name.startsWith("__"))).set("filename", path);
    const known = labelsByPath.get(path) ?? [];
    labelsByPath.set(path, [...known, labels]);
  }
  return {
    paths: new Set(labelsByPath.keys()),
    format: readFormat(args),
    push(path, line, index) {
      for (const labels of labelsByPath.get(path) ?? []) {
        const text = cutsReturn && line.endsWith("\r") ? line.slice(0, -1) : line;
        const entry = new Entry(
          { line: text, timestamp: null, labels: new Map(labels), from: [index] },
          context.trace,
        );
        traceSource(entry, context.id);
        if (!fromEnd) {
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
  files: readonly string[],
  args: Arguments,
  name: string,
): readonly Target[] {
  return targets.flatMap((target) => {
    const included = args.compile(name, () => compileGlob(target.get("__path__") ?? ""));
    const exclude = target.get("__path_exclude__") ?? "";
    const excluded = exclude === "" ? () => false : args.compile(name, () => compileGlob(exclude));
    return files
      .filter((file) => included(file) && !excluded(file))
      .map((file) =>
        new Map([...target].filter(([key]) => key !== "__path_exclude__")).set("__path__", file),
      );
  });
}
