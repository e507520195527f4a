import { error, FleetError, type Span } from "../diagnostics/index.ts";
import { parseManifest, type Host } from "../manifest/index.ts";

/**
 * The manifest's text with another `ship` for some hosts; every other byte stays.
 *
 * @param ships what each host is to ship with, by name
 * @throws FleetError `rollout/manifest-edit` for a host that has no `ship` of its own to change.
 */
export function withShips(file: string, text: string, ships: ReadonlyMap<string, Host["ship"]>): string {
  const { fleet, valueSpan } = parseManifest(file, text);
  const edits = (fleet?.hosts ?? []).flatMap(({ name, ship }) => {
    const wanted = ships.get(name);
    if (wanted === undefined || wanted === ship) return [];
    const { start, end } = valueSpan(["hosts", name, "ship"]);
    return [{ start: start.offset, end: end.offset, text: wanted }];
  });
  const edited = applyEdits(text, edits);
  const after = new Map(parseManifest(file, edited).fleet?.hosts.map(({ name, ship }) => [name, ship]));
  for (const [name, ship] of ships) {
    if (after.get(name) === ship) continue;
    const hint = `write it out: hosts.${name}: { ..., ship: promtail }`;
    const message = `${file} does not say in one word what ${name} ships with`;
    throw new FleetError(
      error("rollout/manifest-edit", message, { span: valueSpan(["hosts", name, "ship"]), hint }),
    );
  }
  return edited;
}

/**
 * The manifest's text without the `from` of any host: the pipeline has no source but its own file any more.
 *
 * @throws FleetError `rollout/manifest-edit` where that cannot be done by cutting text out.
 */
export function withoutSources(file: string, text: string): string {
  const { fleet, keySpan, valueSpan } = parseManifest(file, text);
  const sourced = (fleet?.hosts ?? []).filter(({ promtail }) => promtail !== undefined);
  const edits = sourced.map(({ name }) => {
    const path = ["hosts", name, "from"];
    return { ...entryRange(text, keySpan(path), valueSpan(path)), text: "" };
  });
  const edited = applyEdits(text, edits);
  const after = parseManifest(file, edited).fleet?.hosts;
  if (
    after?.length === fleet?.hosts.length &&
    after?.every(({ promtail }) => promtail === undefined) === true
  )
    return edited;
  const hint = "remove `from` of every host by hand";
  throw new FleetError(error("rollout/manifest-edit", `\`from\` cannot be taken out of ${file}`, { hint }));
}

/** A key with its value and what separates it from its neighbours: its lines, or in braces a comma. */
function entryRange(text: string, key: Span, value: Span): { start: number; end: number } {
  const start = key.start.offset;
  // A block ends where the next line begins.
  const end = text.slice(0, value.end.offset).trimEnd().length;
  const before = text.slice(0, start);
  const comma = /,\s*$/.exec(before);
  if (comma !== null) return { start: comma.index, end };
  const line = /(^|\n)[ \t]*$/.exec(before);
  if (line !== null) {
    const rest = text.indexOf("\n", end);
    return { start: line.index + (line[1]?.length ?? 0), end: rest === -1 ? text.length : rest + 1 };
  }
  return { start, end: end + (/^\s*,\s*/.exec(text.slice(end))?.[0].length ?? 0) };
}

function applyEdits(text: string, edits: readonly { start: number; end: number; text: string }[]): string {
  const pieces: string[] = [];
  let at = 0;
  for (const edit of [...edits].sort((one, other) => one.start - other.start)) {
    pieces.push(text.slice(at, edit.start), edit.text);
    at = edit.end;
  }
  return [...pieces, text.slice(at)].join("");
}
