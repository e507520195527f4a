import { isValidUtf8, runes } from "../bytes.ts";
import type { Arguments } from "../config/arguments.ts";
import { isLabelName, isLegacyLabelName, textOf, type Entry } from "../entry.ts";
import type { Step } from "../receiver.ts";
import { trimSpace } from "../template/functions/stage.ts";

/** What the two Windows stages have in common: where the message is, and how keys become extracted keys. */
interface Reader {
  message: (entry: Entry) => string | null | undefined;
  set: (entry: Entry, key: string, value: string) => void;
}

/** stage.eventlogmessage: the `key: value` lines of a Windows event message. */
export function eventLogMessage(args: Arguments): Step {
  const { message, set } = reader(args, isLegacyLabelName);
  return (entry) => {
    const text = message(entry);
    if (text === null) return NOT_TEXT;
    for (const line of text?.split("\r\n") ?? []) {
      const colon = line.indexOf(":");
      if (colon !== -1) set(entry, line.slice(0, colon), trimSpace(line.slice(colon + 1)));
    }
    return undefined;
  };
}

/** stage.windowsevent: the same for messages in sections, whose titles become prefixes of their keys. */
export function windowsEvent(args: Arguments): Step {
  const { message, set } = reader(args, isLabelName);
  const store = (entry: Entry, key: string, value: string): void => {
    set(entry, key.replace(/[\t\r\n ]/g, ""), trimSpace(value.replace(/[\t\r\n]/g, "")));
  };
  return (entry) => {
    const text = message(entry);
    if (text === null) return NOT_TEXT;
    const [description, ...sections] = text?.split("\r\n\r\n") ?? [];
    if (description !== undefined) store(entry, "Description", description);
    for (const section of sections) {
      for (const [key, value] of sectionPairs(section.split("\r\n"))) store(entry, key, value);
    }
    return undefined;
  };
}

const NOT_TEXT = { reason: "invalid_source", detail: "the source of the message has no text" };

function* sectionPairs(lines: readonly string[]): Generator<[key: string, value: string]> {
  let prefix = "";
  for (let at = 0; at < lines.length;) {
    const line = lines[at] ?? "";
    const first = at === 0;
    at++;
    const colon = line.indexOf(":");
    if (colon === -1) continue;
    const key = line.slice(0, colon);
    let value = line.slice(colon + 1);
    if (value === "") {
      if (first) prefix = `${key}_`;
      continue;
    }
    // Lines without a colon go on with the value before them.
    for (let more = lines[at] ?? ""; more !== "" && !more.includes(":"); more = lines[++at] ?? "")
      value += `,${more}`;
    yield [prefix + key, value];
  }
}

function reader(args: Arguments, isName: (name: string) => boolean): Reader {
  const source = args.string("source", "message");
  if (!isName(source)) args.fail(`invalid label name: ${source}`, "source");
  const dropInvalid = args.bool("drop_invalid_labels", false);
  const overwrite = args.bool("overwrite_existing", false);
  return {
    message: (entry) =>
      entry.extracted.has(source) ? (textOf(entry.extracted.get(source)) ?? null) : undefined,
    set(entry, key, value) {
      if (!isName(key) && dropInvalid) return;
      let name = isName(key) ? key : sanitizeLabelName(key);
      if (entry.extracted.has(name) && !overwrite) name += "_extracted";
      if (isValidUtf8(value)) entry.extracted.set(name, value);
    },
  };
}

/** Every character that a label name cannot have becomes an underscore. */
function sanitizeLabelName(name: string): string {
  if (name === "") return "_";
  return runes(name)
    .map((char, index) => (/[a-zA-Z_]/.test(char) || (/\d/.test(char) && index > 0) ? char : "_"))
    .join("");
}
