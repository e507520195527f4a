import { tokenize, type Token } from "./lexer.ts";
import type { Node, Pipeline, Template, Term } from "./syntax.ts";
import { TemplateError, UnknownFunctionError } from "./value.ts";

type Stop = "end" | "else";

/** No template is nested deeper than this, so that code that walks one may recurse. */
const MAX_DEPTH = 1000;

/**
 * Parses a Go template.
 *
 * @throws TemplateError when it is not well formed, or calls a function that `isFunction` does not know.
 */
export function parseTemplate(source: string, isFunction: (name: string) => boolean): Template {
  return new Parser(tokenize(source), isFunction).parse();
}

class Parser {
  readonly #tokens: readonly Token[];
  readonly #isFunction: (name: string) => boolean;
  readonly #defined = new Map<string, Node[]>();
  #at = 0;
  #loops = 0;
  #depth = 0;
  #variables: string[] = ["$"];

  constructor(tokens: readonly Token[], isFunction: (name: string) => boolean) {
    this.#tokens = tokens;
    this.#isFunction = isFunction;
  }

  parse(): Template {
    const { nodes, stop } = this.#list();
    if (stop !== undefined) throw new TemplateError(`unexpected {{${stop}}}`);
    return { body: nodes, defined: this.#defined };
  }

  // List = { text | Action }, ended by the end of the template, {{end}} or {{else}}; the stop word is consumed.
  #list(): { nodes: Node[]; stop: Stop | undefined } {
    const nodes: Node[] = [];
    for (;;) {
      const token = this.#next();
      if (token.kind === "end") return { nodes, stop: undefined };
      if (token.kind === "text") {
        nodes.push(token);
        continue;
      }
      this.#spaces();
      const word = this.#peek();
      const keyword = word.kind === "word" ? word.name : "";
      if (keyword === "end" || keyword === "else") {
        this.#at++;
        if (keyword === "end") this.#close();
        return { nodes, stop: keyword };
      }
      const node = this.#nested(() => this.#action(keyword));
      if (node !== undefined) nodes.push(node);
    }
  }

  // Action = "{{" ( if | range | with | template | block | define | break | continue | Pipeline ) "}}"
  #action(keyword: string): Node | undefined {
    switch (keyword) {
      case "if":
      case "with":
      case "range":
        this.#at++;
        return this.#control(keyword);
      case "break":
      case "continue":
        this.#at++;
        if (this.#loops === 0) throw new TemplateError(`{{${keyword}}} outside {{range}}`);
        this.#close();
        return { kind: keyword };
      case "template":
      case "block":
      case "define":
        this.#at++;
        return this.#named(keyword);
      default: {
        const pipeline = this.#pipeline("close");
        return { kind: "action", pipeline };
      }
    }
  }

  // Control = keyword Pipeline "}}" List [ "{{else}}" List | "{{else if" ... | "{{else with" ... ] "{{end}}"
  #control(kind: "if" | "with" | "range"): Node {
    const mark = this.#variables.length;
    const pipeline = this.#pipeline("close");
    if (kind === "range") this.#loops++;
    const { nodes: body, stop } = this.#list();
    if (kind === "range") this.#loops--;
    let otherwise: Node[] = [];
    if (stop === "else") otherwise = this.#otherwise(kind);
    else if (stop === undefined) throw new TemplateError(`{{${kind}}} without {{end}}`);
    this.#variables.length = mark;
    return { kind, pipeline, body, otherwise };
  }

  #otherwise(kind: "if" | "with" | "range"): Node[] {
    this.#spaces();
    const token = this.#peek();
    if (token.kind === "word" && token.name === kind && kind !== "range") {
      this.#at++;
      return [this.#nested(() => this.#control(kind))];
    }
    this.#close();
    const { nodes, stop } = this.#list();
    if (stop !== "end") throw new TemplateError(`{{else}} without {{end}}`);
    return nodes;
  }

  // template "name" [ Pipeline ] | block "name" Pipeline "}}" List "{{end}}" | define "name" "}}" List "{{end}}"
  #named(keyword: "template" | "block" | "define"): Node | undefined {
    this.#spaces();
    const token = this.#next();
    if (token.kind !== "string") throw new TemplateError(`{{${keyword}}} needs a name in quotes`);
    this.#spaces();
    let pipeline: Pipeline | undefined;
    if (keyword === "define" || this.#peek().kind === "close") this.#close();
    else pipeline = this.#pipeline("close");
    if (keyword === "template") return { kind: "template", name: token.value, pipeline };
    const outer = this.#variables;
    this.#variables = ["$"];
    const { nodes, stop } = this.#list();
    this.#variables = outer;
    if (stop !== "end") throw new TemplateError(`{{${keyword}}} without {{end}}`);
    this.#defined.set(token.value, nodes);
    return keyword === "block" ? { kind: "template", name: token.value, pipeline } : undefined;
  }

  // Pipeline = [ variable [ "," variable ] ( ":=" | "=" ) ] Command { "|" Command }
  #pipeline(until: "close" | "right"): Pipeline {
    const { variables, declares } = this.#assignment();
    const commands: Term[][] = [];
    for (;;) {
      this.#spaces();
      const command = this.#command();
      if (command.length === 0) throw new TemplateError("missing value in action");
      if (
        commands.length > 0 &&
        !["function", "field", "variable", "paren"].includes(command[0]?.kind ?? "")
      ) {
        throw new TemplateError("a value that is not a function cannot follow |");
      }
      commands.push(command);
      const token = this.#next();
      if (token.kind === until) break;
      if (token.kind !== "pipe") throw new TemplateError(`unexpected ${describe(token)} in action`);
    }
    if (declares) this.#variables.push(...variables);
    return { variables, declares, commands };
  }

  #assignment(): { variables: string[]; declares: boolean } {
    const start = this.#at;
    const variables: string[] = [];
    for (;;) {
      this.#spaces();
      const token = this.#next();
      if (token.kind !== "variable") break;
      variables.push(token.name);
      this.#spaces();
      const after = this.#next();
      if (after.kind === "comma") continue;
      if (after.kind === "declare") return { variables, declares: true };
      if (after.kind === "assign") {
        for (const name of variables) this.#known(name);
        return { variables, declares: false };
      }
      break;
    }
    this.#at = start;
    return { variables: [], declares: false };
  }

  // Command = Operand { space Operand }
  #command(): Term[] {
    const terms: Term[] = [];
    for (;;) {
      this.#spaces();
      const term = this.#operand();
      if (term === undefined) return terms;
      terms.push(term);
      const after = this.#peek().kind;
      if (after !== "space" && after !== "pipe" && after !== "close" && after !== "right") {
        throw new TemplateError(`unexpected ${describe(this.#peek())} after an operand`);
      }
    }
  }

  // Operand = Term { field }
  #operand(): Term | undefined {
    const token = this.#peek();
    switch (token.kind) {
      case "dot":
        this.#at++;
        return { kind: "dot" };
      case "field":
        return { kind: "field", names: this.#fields() };
      case "variable":
        this.#at++;
        return { kind: "variable", name: this.#known(token.name), names: this.#fields() };
      case "string":
        this.#at++;
        return token;
      case "number":
        this.#at++;
        return token;
      case "left": {
        this.#at++;
        const pipeline = this.#nested(() => this.#pipeline("right"));
        return { kind: "paren", pipeline, names: this.#fields() };
      }
      case "word":
        this.#at++;
        return this.#word(token.name);
      default:
        return undefined;
    }
  }

  #word(name: string): Term {
    if (name === "true" || name === "false") return { kind: "bool", value: name === "true" };
    if (name === "nil") return { kind: "nil" };
    if (!this.#isFunction(name)) throw new UnknownFunctionError(name);
    return { kind: "function", name };
  }

  #fields(): string[] {
    const names: string[] = [];
    for (let token = this.#peek(); token.kind === "field"; token = this.#peek()) {
      names.push(token.name);
      this.#at++;
    }
    return names;
  }

  #nested<Result>(read: () => Result): Result {
    if (this.#depth === MAX_DEPTH) throw new TemplateError(`nested deeper than ${MAX_DEPTH} levels`);
    this.#depth++;
    const result = read();
    this.#depth--;
    return result;
  }

  #known(name: string): string {
    if (!this.#variables.includes(name))
      throw new TemplateError(`undefined variable ${JSON.stringify(name)}`);
    return name;
  }

  #close(): void {
    this.#spaces();
    const token = this.#next();
    if (token.kind !== "close") throw new TemplateError(`unexpected ${describe(token)} in action`);
  }

  #spaces(): void {
    while (this.#peek().kind === "space") this.#at++;
  }

  #peek(): Token {
    return this.#tokens[this.#at] ?? { kind: "end" };
  }

  #next(): Token {
    const token = this.#peek();
    this.#at++;
    return token;
  }
}

function describe(token: Token): string {
  return "name" in token ? token.name : token.kind;
}
