/** An element of an XML document. */
export interface Element {
  name: string;
  attributes: Readonly<Record<string, string>>;
  children: Element[];
  /** The text directly in it. */
  text: string;
}

const DECLARATION = /^<\?xml version="1\.0" encoding="UTF-8"\?>\n/;
const TAG = /<(\/?)([A-Za-z_][\w.-]*)((?:\s+[A-Za-z_][\w.-]*="[^"<]*")*)\s*(\/?)>/y;
const ATTRIBUTE = /([A-Za-z_][\w.-]*)="([^"]*)"/g;
const TEXT = /[^<]+/y;
/** What XML 1.0 calls Char, without surrogates that stand alone. */
const CHARACTERS = /^[\t\n\r\u0020-\ud7ff\ue000-\ufffd\u{10000}-\u{10ffff}]*$/u;
const NAMED: Readonly<Record<string, string>> = { lt: "<", gt: ">", amp: "&", quot: '"', apos: "'" };

/**
 * Reads an XML document of elements, attributes and text as a parser must: references are resolved, line breaks in
 * attributes become blanks and carriage returns line breaks.
 *
 * @throws Error for what is not well-formed
 */
export function parseXml(document: string): Element {
  if (!CHARACTERS.test(document)) throw new Error("a character that XML cannot hold");
  const declaration = DECLARATION.exec(document)?.[0];
  if (declaration === undefined) throw new Error("no XML declaration");
  const source = document.replaceAll(/\r\n?/g, "\n");
  const top: Element = { name: "", attributes: {}, children: [], text: "" };
  const open = [top];
  for (let at = declaration.length; at < source.length;) {
    const inner = open.at(-1) ?? top;
    const rule = source[at] === "<" ? TAG : TEXT;
    rule.lastIndex = at;
    const match = rule.exec(source);
    if (match === null) throw new Error(`not well-formed at ${JSON.stringify(source.slice(at, at + 40))}`);
    at = rule.lastIndex;
    const [text, closing, name = "", attributes = "", empty] = match;
    if (rule === TEXT) {
      if (text.includes("]]>")) throw new Error("]]> in text");
      inner.text += resolve(text);
    } else if (closing === "/") {
      if (inner.name !== name || open.length === 1) throw new Error(`</${name}> closes ${inner.name}`);
      open.pop();
    } else {
      const element: Element = { name, attributes: read(attributes), children: [], text: "" };
      inner.children.push(element);
      if (empty === "") open.push(element);
    }
  }
  const [root, ...more] = top.children;
  if (open.length > 1 || root === undefined || more.length > 0 || top.text.trim() !== "") {
    throw new Error("not one element with everything closed");
  }
  return root;
}

function read(attributes: string): Record<string, string> {
  const values: Record<string, string> = {};
  for (const [, name = "", value = ""] of attributes.matchAll(ATTRIBUTE)) {
    if (name in values) throw new Error(`${name} twice`);
    values[name] = resolve(value.replaceAll(/[\t\n]/g, " "));
  }
  return values;
}

function resolve(text: string): string {
  return text.replaceAll(/&([^;&]*;?)/g, (reference, body: string) => {
    const code = /^#(\d+);$/.exec(body)?.[1];
    const found = code === undefined ? NAMED[body.replace(/;$/, "")] : String.fromCodePoint(Number(code));
    if (found === undefined || !body.endsWith(";")) throw new Error(`${reference} is no reference`);
    return found;
  });
}
