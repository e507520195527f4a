/** The value of a name in an entry; undefined when nothing was extracted under it. */
export type Lookup = (name: string) => string | undefined;

/** A template of the shapes that the proof reads, as a function of the extracted values. */
export type Template = (lookup: Lookup) => string;

/**
 * Reads the templates that journal pipelines are made of: text with `{{.name}}` in it, and
 * `{{if .name}}..{{else}}..{{end}}` around such text. Anything else is undefined: the proof then says that it
 * cannot predict the stage, rather than guess. On purpose no part of src/pipeline: a proof that asked the
 * engine under test what to expect would prove nothing.
 */
export function readTemplate(text: string): Template | undefined {
  const conditional = /^\{\{\s*if \.(\w+)\s*\}\}([^]*)\{\{\s*else\s*\}\}([^]*)\{\{\s*end\s*\}\}$/.exec(text);
  if (conditional === null) return interpolation(text);
  const [, name = "", then = "", otherwise = ""] = conditional;
  const yes = interpolation(then);
  const no = interpolation(otherwise);
  if (yes === undefined || no === undefined) return undefined;
  return (lookup) => ((lookup(name) ?? "") === "" ? no(lookup) : yes(lookup));
}

function interpolation(text: string): Template | undefined {
  const reference = /\{\{\s*\.(\w+)\s*\}\}/g;
  if (text.replace(reference, "").includes("{{")) return undefined;
  // Go prints a missing value of a map as "<no value>".
  return (lookup) => text.replace(reference, (_, name: string) => lookup(name) ?? "<no value>");
}
