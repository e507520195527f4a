import { posix } from "node:path";
import type { Diagnostic } from "../../diagnostics/index.ts";
import type { NixToken } from "../../nix/scanner.ts";
import { findImports, type ImportsList } from "./imports.ts";

export interface HostFile {
  /** `hosts/nas/configuration.nix` */
  file: string;
  text: string;
  /** How the host's files name the directory of the shared modules: `./utils/modules`. */
  modulesImport: string;
}

interface Edit {
  start: number;
  end: number;
  text: string;
}

/**
 * Makes a host import the shared Alloy module: in place of its import of the Promtail module; else in place of
 * the note that Promtail was dropped, a comment on lines of its own among the imports; else as the last import.
 * Every other byte stays. A host that imports it already, and Promtail no longer, is given back as it is.
 *
 * @param promtail the Promtail module's path below the repository's root
 * @param modules the directory of the shared modules below the root
 */
export function wireHost(host: HostFile, modules: string, promtail: string): string | Diagnostic {
  const list = findImports(host.file, host.text);
  if ("code" in list) return list;
  const wanted = `${host.modulesImport}/alloy`;
  const names = (token: NixToken, module: string): boolean =>
    token.kind === "path" && importsModule(host, host.text.slice(token.start, token.end), modules, module);
  const old = list.tokens.filter((token) => names(token, promtail));
  if (list.tokens.some((token) => names(token, `${modules}/alloy`))) {
    return apply(
      host.text,
      old.map((token) => wholeLine(host.text, token)),
    );
  }
  const [first, ...others] = old;
  if (first !== undefined) {
    return apply(host.text, [
      { ...span(first), text: wanted },
      ...others.map((token) => wholeLine(host.text, token)),
    ]);
  }
  const note = droppedNote(host.text, list);
  if (note !== undefined) return apply(host.text, [{ ...note, text: wanted }]);
  return apply(host.text, [append(host.text, list, wanted)]);
}

function span({ start, end }: NixToken): { start: number; end: number } {
  return { start, end };
}

/** True when `path`, written in the host's file, names `module`, given below the repository's root. */
function importsModule(host: HostFile, path: string, modules: string, module: string): boolean {
  const directory = posix.dirname(host.file);
  const inModules = posix.relative(modules, module);
  const named = withoutDefault(posix.join(directory, path));
  return [module, posix.join(directory, host.modulesImport, inModules)].map(withoutDefault).includes(named);
}

function withoutDefault(path: string): string {
  return path.replace(/\/default\.nix$/, "");
}

/** The first run of comment lines among the imports that speaks of Promtail. */
function droppedNote(text: string, list: ImportsList): { start: number; end: number } | undefined {
  const runs: NixToken[][] = [];
  let last: NixToken | undefined;
  for (const token of list.tokens) {
    if (token.kind === "comment" && standsAlone(text, token)) {
      const adjoins = last?.kind === "comment" && /^\r?\n[ \t]*$/.test(text.slice(last.end, token.start));
      const run = runs.at(-1);
      if (adjoins && run !== undefined && run.at(-1) === last) run.push(token);
      else runs.push([token]);
    }
    last = token;
  }
  const note = runs.find((run) => run.some((token) => /promtail/i.test(text.slice(token.start, token.end))));
  const [start, end] = [note?.[0]?.start, note?.at(-1)?.end];
  return start === undefined || end === undefined ? undefined : { start, end };
}

/** True when nothing but white space shares the token's lines. */
function standsAlone(text: string, token: NixToken): boolean {
  return /(^|\n)[ \t]*$/.test(text.slice(0, token.start)) && /^[ \t]*(\r?\n|$)/.test(text.slice(token.end));
}

/** The removal of a token: with its line when it has one of its own, else with the space before it. */
function wholeLine(text: string, token: NixToken): Edit {
  const before = /[ \t]*$/.exec(text.slice(0, token.start))?.[0].length ?? 0;
  const after = standsAlone(text, token) ? (/^[ \t]*\r?\n/.exec(text.slice(token.end))?.[0].length ?? 0) : 0;
  return { start: token.start - before, end: token.end + after, text: "" };
}

/** The addition of an import at the end of the list, in the list's own layout. */
function append(text: string, list: ImportsList, wanted: string): Edit {
  const last = list.tokens.at(-1);
  if (last === undefined) return { start: list.open + 1, end: list.close, text: ` ${wanted} ` };
  const lines = text.slice(last.end, list.close).includes("\n");
  if (!lines) return { start: last.end, end: last.end, text: ` ${wanted}` };
  const newline = text.includes("\r\n") ? "\r\n" : "\n";
  return { start: last.end, end: last.end, text: `${newline}${indentation(text, list)}${wanted}` };
}

/** The white space before a thing that has a line of its own in the list. */
function indentation(text: string, list: ImportsList): string {
  const before = text.slice(0, list.tokens[0]?.start ?? 0);
  const own = /\n([ \t]*)$/.exec(before)?.[1];
  if (own !== undefined) return own;
  const line = before.slice(before.lastIndexOf("\n") + 1);
  return `${/^[ \t]*/.exec(line)?.[0] ?? ""}  `;
}

function apply(text: string, edits: readonly Edit[]): string {
  return [...edits]
    .sort((a, b) => b.start - a.start)
    .reduce((result, edit) => result.slice(0, edit.start) + edit.text + result.slice(edit.end), text);
}
