/** Text that is HTML. Only the `markup` tag makes it, and `trusted` for what other parts of fleet drew. */
export class Markup {
  readonly text: string;

  constructor(text: string) {
    this.text = text;
  }
}

type Value = Markup | string | number | readonly Value[];

/** HTML of a template whose values are escaped, in text as in attributes; Markup stays as it is, lists are joined. */
export function markup(strings: TemplateStringsArray, ...values: readonly Value[]): Markup {
  return new Markup(strings.reduce((text, string, index) => text + render(values[index - 1] ?? "") + string));
}

/** HTML or SVG that was made elsewhere in fleet with its texts escaped. */
export function trusted(text: string): Markup {
  return new Markup(text);
}

function render(value: Value): string {
  if (value instanceof Markup) return value.text;
  if (typeof value === "object") return value.map(render).join("");
  return escape(String(value));
}

const ENTITIES: Readonly<Record<string, string>> = {
  "<": "&lt;",
  ">": "&gt;",
  "&": "&amp;",
  '"': "&quot;",
  "'": "&#39;",
};

/** Control characters, which HTML cannot hold, become U+FFFD; so do halves of characters. */
function escape(text: string): string {
  return text
    .toWellFormed()
    .replace(/[\u0000-\u0008\u000b\u000c\u000e-\u001f\u007f-\u009f]/g, "\ufffd")
    .replace(/[<>&"']/g, (char) => ENTITIES[char] ?? char);
}
