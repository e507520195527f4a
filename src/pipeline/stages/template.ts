import type { Arguments } from "../config/arguments.ts";
import { textOf, type Entry } from "../entry.ts";
import type { Step } from "../receiver.ts";
import {
  compileTemplate,
  NOT_EVALUATED,
  TemplateError,
  UnknownFunctionError,
  type GoMap,
  type GoValue,
} from "../template/index.ts";
import type { StageContext } from "./stage.ts";

/**
 * stage.template: the text that a Go template makes of the extracted map, `.Value` (the source's own) and `.Entry`.
 * An empty result deletes the key, a template that fails leaves the entry as it is.
 */
export function template(args: Arguments, context: StageContext): Step {
  const source = args.string("source");
  if (source === "") args.fail("source is required", "source");
  const render = compileOrFail(args, "template", args.string("template"), context);
  return (entry) => {
    const text = attempt(() => render(new TemplateData(entry, source)));
    if (text === "") entry.extracted.delete(source);
    else if (text !== undefined) entry.extracted.set(source, text);
    return undefined;
  };
}

/** stage.replace: each capture group of every match is replaced by what the template makes of it as `.Value`. */
export function replace(args: Arguments, context: StageContext): Step {
  if (args.string("expression") === "") args.fail("expression is required", "expression");
  const regex = args.regex("expression");
  const source = args.string("source", "");
  const render = compileOrFail(args, "replace", args.string("replace", ""), context);
  return (entry) => {
    const input = source === "" ? entry.line : textOf(entry.extracted.get(source));
    if (input === undefined) return undefined;
    const first = regex.find(input);
    if (first === undefined) return undefined;
    const replaced = new Map<string, string>();
    const data = new ReplaceData(entry);
    const result = attempt(() => {
      let text = "";
      let from = 0;
      for (const match of regex.findAll(input)) {
        for (const [group, [start, end]] of match.spans.entries()) {
          if (group === 0 || start === -1) continue;
          data.value = input.slice(start, end);
          const replacement = render(data);
          // A group inside one that has been replaced already is gone.
          if (from <= start) {
            text += input.slice(from, start) + replacement;
            from = end;
          }
          replaced.set(data.value, replacement);
        }
      }
      return text + input.slice(from);
    });
    if (result === undefined) return undefined;
    if (source === "") entry.line = result;
    else entry.extracted.set(source, result);
    regex.names.forEach((name, group) => {
      const value = name === "" ? undefined : replaced.get(first.groups[group] ?? "");
      if (value !== undefined) entry.extracted.set(name, value);
    });
    return undefined;
  };
}

function compileOrFail(
  args: Arguments,
  name: string,
  text: string,
  context: StageContext,
): (dot: GoValue) => string {
  try {
    return compileTemplate(text, context.functions);
  } catch (caught) {
    if (caught instanceof UnknownFunctionError && NOT_EVALUATED.has(caught.function)) {
      return args.fail(`the template function ${caught.function} is not evaluated offline`, name);
    }
    if (caught instanceof TemplateError)
      return args.fail(`failed to compile template: ${caught.message}`, name);
    throw caught;
  }
}

/** The result of `work`, undefined when a template fails on the entry's values. */
function attempt(work: () => string): string | undefined {
  try {
    return work();
  } catch (caught) {
    // A RangeError is a text or a nesting that JavaScript cannot hold, however the template came to it.
    if (caught instanceof TemplateError || caught instanceof RangeError) return undefined;
    throw caught;
  }
}

/** The data of stage.template, looked up when asked for: keys without text (null) are not there. */
class TemplateData implements GoMap {
  readonly #entry: Entry;
  readonly #source: string;

  constructor(entry: Entry, source: string) {
    this.#entry = entry;
    this.#source = source;
  }

  get(key: string): GoValue {
    if (key === "Entry") return this.#entry.line;
    const { extracted } = this.#entry;
    if (key === "Value" && extracted.has(this.#source)) return textOf(extracted.get(this.#source));
    return textOf(extracted.get(key));
  }

  has(key: string): boolean {
    return this.get(key) !== undefined;
  }

  keys(): Iterable<string> {
    return new Set(["Entry", "Value", ...this.#entry.extracted.keys()].filter((key) => this.has(key)));
  }
}

/** The data of stage.replace: the extracted map with `.Value`; it has no `.Entry`. */
class ReplaceData implements GoMap {
  value = "";
  readonly #entry: Entry;

  constructor(entry: Entry) {
    this.#entry = entry;
  }

  get(key: string): GoValue {
    return key === "Value" ? this.value : textOf(this.#entry.extracted.get(key));
  }

  has(key: string): boolean {
    return this.get(key) !== undefined;
  }

  keys(): Iterable<string> {
    return new Set(["Value", ...this.#entry.extracted.keys()].filter((key) => this.has(key)));
  }
}
