import {
  error,
  LineIndex,
  warning,
  type Code,
  type Diagnostic,
  type Fix,
  type Span,
} from "../../diagnostics/index.ts";
import type { Block, Expression, File } from "../ast.ts";
import type { Format } from "../catalogue/index.ts";
import { blockName } from "../visitor.ts";
import { formatError } from "./formats.ts";

export interface CheckOptions {
  /** The release that the configuration is for, such as "1.18.1". */
  alloyVersion: string;
  /**
   * Says what is wrong with a Go template, or undefined when it can be parsed and knows the functions it calls.
   * Templates are checked only where this is given: their grammar belongs to the pipeline engine.
   */
  templateError?: (source: string) => string | undefined;
}

/** Something with a place in a file. */
export interface Located {
  start: number;
  end: number;
}

/** Collects what is found wrong in the files of one configuration. */
export class Context {
  readonly options: CheckOptions;
  readonly diagnostics: Diagnostic[] = [];
  readonly #lines = new Map<File, LineIndex>();
  readonly #formatErrors = new Map<string, string | undefined>();
  /** Components that pass `alloy validate` and that `alloy run` cannot build, with their files. */
  readonly #notBuilt = new Map<Block, File>();

  constructor(options: CheckOptions) {
    this.options = options;
  }

  span(file: File, { start, end }: Located): Span {
    let lines = this.#lines.get(file);
    if (lines === undefined) this.#lines.set(file, (lines = new LineIndex(file.name, file.text)));
    return lines.span(start, end);
  }

  /** What is wrong with a text in a format; the same text is looked at once. */
  formatError(format: Format, text: string): string | undefined {
    const key = `${format} ${text}`;
    if (!this.#formatErrors.has(key)) this.#formatErrors.set(key, formatError(format, text, this.options));
    return this.#formatErrors.get(key);
  }

  error(file: File, code: Code, at: Located, message: string, hint?: string, fix?: Fix): void {
    this.diagnostics.push(error(code, message, this.#extra(file, at, hint, fix)));
  }

  warning(file: File, code: Code, at: Located, message: string, hint?: string, fix?: Fix): void {
    this.diagnostics.push(warning(code, message, this.#extra(file, at, hint, fix)));
  }

  #extra(file: File, at: Located, hint?: string, fix?: Fix): Pick<Diagnostic, "span" | "hint" | "fix"> {
    const span = this.span(file, at);
    return { span, ...(hint !== undefined && { hint }), ...(fix !== undefined && { fix }) };
  }

  /** Remembers that only `alloy run` refuses this component, and with the component's own place. */
  refusedAtRun(file: File, component: Block): void {
    this.#notBuilt.set(component, file);
  }

  /** Everything found, by file and place; adds what `alloy run` says of whole components. */
  finish(): Diagnostic[] {
    for (const [component, file] of this.#notBuilt) {
      const id = [blockName(component), component.label?.value]
        .filter((part) => part !== undefined)
        .join(".");
      this.diagnostics.push({
        code: "alloy/not-built",
        severity: "info",
        message: `alloy validate accepts this, but alloy run cannot build ${id}`,
        span: this.span(file, head(component)),
      });
    }
    const files = [...this.#lines.keys()].map((file) => file.name);
    const order = (diagnostic: Diagnostic): number => files.indexOf(diagnostic.span?.file ?? "");
    return this.diagnostics.sort(
      (a, b) => order(a) - order(b) || (a.span?.start.offset ?? 0) - (b.span?.start.offset ?? 0),
    );
  }
}

/** The head of a block: from its name to before its brace. */
export function head(block: Block): Located {
  const last = block.label ?? block.name.at(-1);
  return { start: block.start, end: last?.end ?? block.open };
}

/** The text that an expression stands for, where it is known without running: strings, numbers, and sums of texts. */
export function constantText(expression: Expression): string | undefined {
  switch (expression.kind) {
    case "literal":
      if (expression.type === "string") return String(expression.value);
      return expression.type === "number" || expression.type === "float"
        ? String(expression.value)
        : undefined;
    case "paren":
      return constantText(expression.inner);
    case "binary": {
      const left = isText(expression.left) ? constantText(expression.left) : undefined;
      const right = isText(expression.right) ? constantText(expression.right) : undefined;
      return expression.operator === "+" && left !== undefined && right !== undefined
        ? left + right
        : undefined;
    }
    default:
      return undefined;
  }
}

function isText(expression: Expression): boolean {
  if (expression.kind === "paren") return isText(expression.inner);
  return expression.kind === "binary" || (expression.kind === "literal" && expression.type === "string");
}

/** The number that an expression stands for, where it is known without running. */
export function constantNumber(expression: Expression): number | undefined {
  if (expression.kind === "paren") return constantNumber(expression.inner);
  if (expression.kind === "unary" && expression.operator === "-") {
    const value = constantNumber(expression.value);
    return value === undefined ? undefined : -value;
  }
  return expression.kind === "literal" && typeof expression.value === "number" ? expression.value : undefined;
}

/** The truth value that an expression stands for, where it is known without running. */
export function constantBool(expression: Expression): boolean | undefined {
  if (expression.kind === "paren") return constantBool(expression.inner);
  return expression.kind === "literal" && typeof expression.value === "boolean"
    ? expression.value
    : undefined;
}

/** Compares release numbers such as "1.9" and "1.18.1" by their parts; negative when `a` is older. */
export function compareVersions(a: string, b: string): number {
  const left = a.replace(/^v/, "").split(".").map(Number);
  const right = b.replace(/^v/, "").split(".").map(Number);
  for (let at = 0; at < Math.max(left.length, right.length); at++) {
    const difference = (left[at] ?? 0) - (right[at] ?? 0);
    if (difference !== 0) return difference;
  }
  return 0;
}
