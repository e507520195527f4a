import { sprint } from "./format.ts";
import { checkArgument, checkCount, parameterAt, type GoFunction, type Parameter } from "./function.ts";
import { timeMethod } from "./methods.ts";
import { parseTemplate } from "./parser.ts";
import type { Node, Pipeline, Term } from "./syntax.ts";
import {
  integerOf,
  isList,
  isMap,
  isTrue,
  sortedEntries,
  TemplateError,
  typeName,
  type GoValue,
} from "./value.ts";

/** Calls of {{template}} inside each other, at most. */
const MAX_DEPTH = 1000;

export type Functions = Readonly<Record<string, GoFunction>>;

interface Frame {
  out: string;
  dot: GoValue;
  variables: { name: string; value: GoValue }[];
  depth: number;
}

type Signal = "break" | "continue" | undefined;
type Run = (frame: Frame) => Signal;
/** Computes a value; `final` is what a pipe hands over. */
type Evaluate = (frame: Frame, final?: { value: GoValue }) => GoValue;

/**
 * Compiles a Go template to a function that renders it with `dot` as its data.
 *
 * @throws TemplateError when it cannot be parsed; the function it returns throws TemplateError when it fails on
 *   its data.
 */
export function compileTemplate(source: string, functions: Functions): (dot: GoValue) => string {
  const template = parseTemplate(
    source,
    (name) => Object.hasOwn(functions, name) || name === "and" || name === "or",
  );
  const compiler = new Compiler(functions);
  for (const [name, nodes] of template.defined) compiler.define(name, nodes);
  const run = compiler.list(template.body);
  return (dot) => {
    const frame: Frame = { out: "", dot, variables: [{ name: "$", value: dot }], depth: 0 };
    run(frame);
    return frame.out;
  };
}

class Compiler {
  readonly #functions: Functions;
  readonly #defined = new Map<string, Run>();

  constructor(functions: Functions) {
    this.#functions = functions;
  }

  define(name: string, nodes: readonly Node[]): void {
    this.#defined.set(name, this.list(nodes));
  }

  list(nodes: readonly Node[]): Run {
    const steps = nodes.map((node) => this.#node(node));
    return (frame) => {
      for (const step of steps) {
        const signal = step(frame);
        if (signal !== undefined) return signal;
      }
      return undefined;
    };
  }

  #node(node: Node): Run {
    switch (node.kind) {
      case "text":
        return (frame) => {
          frame.out += node.text;
          return undefined;
        };
      case "break":
      case "continue":
        return () => node.kind;
      case "action": {
        const evaluate = this.#pipeline(node.pipeline);
        const silent = node.pipeline.variables.length > 0;
        return (frame) => {
          const value = evaluate(frame);
          if (!silent) frame.out += value === undefined ? "<no value>" : sprint(value);
          return undefined;
        };
      }
      case "if":
      case "with":
        return this.#branch(node);
      case "range":
        return this.#range(node);
      case "template":
        return this.#template(node);
    }
  }

  #branch(node: Extract<Node, { body: Node[] }>): Run {
    const evaluate = this.#pipeline(node.pipeline);
    const body = this.list(node.body);
    const otherwise = this.list(node.otherwise);
    const rebinds = node.kind === "with";
    return (frame) => {
      const mark = frame.variables.length;
      const outer = frame.dot;
      const value = evaluate(frame);
      const truth = isTrue(value);
      if (truth && rebinds) frame.dot = value;
      const signal = (truth ? body : otherwise)(frame);
      frame.dot = outer;
      frame.variables.length = mark;
      return signal;
    };
  }

  #range(node: Extract<Node, { body: Node[] }>): Run {
    const { variables, declares, commands } = node.pipeline;
    const evaluate = this.#pipeline({ variables: [], declares: false, commands });
    const body = this.list(node.body);
    const otherwise = this.list(node.otherwise);
    return (frame) => {
      const items = rangeItems(evaluate(frame));
      if (items.length === 0) return otherwise(frame);
      const mark = frame.variables.length;
      const outer = frame.dot;
      let signal: Signal;
      for (const [key, value] of items) {
        const [first, second] = variables;
        if (first !== undefined) bind(frame, first, second === undefined ? value : key, declares);
        if (second !== undefined) bind(frame, second, value, declares);
        frame.dot = value;
        signal = body(frame);
        frame.variables.length = mark;
        if (signal === "break") break;
      }
      frame.dot = outer;
      return undefined;
    };
  }

  #template(node: Extract<Node, { kind: "template" }>): Run {
    const evaluate = node.pipeline && this.#pipeline(node.pipeline);
    return (frame) => {
      const run = this.#defined.get(node.name);
      if (run === undefined) throw new TemplateError(`template ${JSON.stringify(node.name)} not defined`);
      if (frame.depth >= MAX_DEPTH) throw new TemplateError(`exceeded maximum template depth (${MAX_DEPTH})`);
      const dot = evaluate?.(frame);
      const inner: Frame = { out: "", dot, variables: [{ name: "$", value: dot }], depth: frame.depth + 1 };
      run(inner);
      frame.out += inner.out;
      return undefined;
    };
  }

  #pipeline(pipeline: Pipeline): Evaluate {
    const commands = pipeline.commands.map((command) => this.#command(command));
    const { variables, declares } = pipeline;
    return (frame) => {
      let final: { value: GoValue } | undefined;
      for (const command of commands) final = { value: command(frame, final) };
      for (const name of variables) bind(frame, name, final?.value, declares);
      return final?.value;
    };
  }

  #command(terms: readonly Term[]): Evaluate {
    const [first, ...rest] = terms;
    if (first === undefined) throw new TemplateError("missing value in action");
    if (first.kind === "function") return this.#call(first.name, rest);
    if (first.kind === "nil") return failing(new TemplateError("nil is not a command"));
    if ("names" in first && first.names.length > 0) return this.#fieldChain(first, rest);
    const evaluate = this.#term(first);
    return (frame, final) => {
      if (rest.length > 0 || final !== undefined)
        throw new TemplateError("can't give argument to non-function");
      return evaluate(frame);
    };
  }

  #call(name: string, rest: readonly Term[]): Evaluate {
    if (name === "and" || name === "or") return this.#shortCircuit(name, rest);
    const declared = this.#functions[name];
    if (declared === undefined) throw new TemplateError(`function ${JSON.stringify(name)} not defined`);
    const args = rest.map((term, index) => this.#argument(term, parameterAt(declared, index)));
    return (frame, final) => {
      checkCount(name, declared, args.length + (final === undefined ? 0 : 1));
      const values = args.map((arg) => arg(frame));
      if (final !== undefined) values.push(checkArgument(final.value, parameterAt(declared, args.length)));
      return declared.call(...values);
    };
  }

  /** `and` gives the first false argument, `or` the first true one, else the last; the rest is not evaluated. */
  #shortCircuit(name: "and" | "or", rest: readonly Term[]): Evaluate {
    const args = rest.map((term) => this.#term(term));
    return (frame, final) => {
      if (args.length === 0 && final === undefined) {
        throw new TemplateError(`wrong number of args for ${name}: want at least 1 got 0`);
      }
      let value: GoValue;
      for (const arg of args) {
        value = arg(frame);
        if (isTrue(value) === (name === "or")) return value;
      }
      return final === undefined ? value : final.value;
    };
  }

  /** `.a.b args`: fields of maps, or at the end a method of a time, which takes the arguments. */
  #fieldChain(term: Extract<Term, { names: string[] }>, rest: readonly Term[]): Evaluate {
    const base = this.#base(term);
    const last = term.names.at(-1) ?? "";
    const path = term.names.slice(0, -1);
    const args = rest.map((argument) => this.#term(argument));
    return (frame, final) => {
      const receiver = path.reduce(field, base(frame));
      const method = timeMethod(receiver, last);
      if (method === undefined) {
        if (args.length > 0 || final !== undefined) {
          throw new TemplateError(`${last} is not a method but has arguments`);
        }
        return field(receiver, last);
      }
      const values = args.map((arg) => arg(frame));
      if (final !== undefined) values.push(final.value);
      checkCount(last, method, values.length);
      return method.call(...values.map((value, index) => checkArgument(value, parameterAt(method, index))));
    };
  }

  #base(term: Extract<Term, { names: string[] }>): Evaluate {
    if (term.kind === "field") return (frame) => frame.dot;
    if (term.kind === "paren") return this.#pipeline(term.pipeline);
    return (frame) => variable(frame, term.name);
  }

  #term(term: Term): Evaluate {
    switch (term.kind) {
      case "dot":
        return (frame) => frame.dot;
      case "nil":
        return () => undefined;
      case "bool":
      case "string":
        return () => term.value;
      case "number": {
        const value = constant(term.raw);
        return () => value;
      }
      case "function":
        return this.#call(term.name, []);
      case "field":
      case "variable":
      case "paren":
        return term.names.length > 0 ? this.#fieldChain(term, []) : this.#base(term);
    }
  }

  /** An operand as an argument: number literals take the parameter's type. */
  #argument(term: Term, parameter: Parameter): Evaluate {
    if (term.kind === "number") {
      try {
        const value = typedConstant(term.raw, parameter);
        return () => value;
      } catch (caught) {
        return failing(caught);
      }
    }
    const evaluate = this.#term(term);
    return parameter === "any" ? evaluate : (frame) => checkArgument(evaluate(frame), parameter);
  }
}

/** What text/template only finds when the template runs. */
function failing(reason: unknown): Evaluate {
  return () => {
    throw reason;
  };
}

/** The field of a map; nil for a missing key or a nil map, as text/template does by default. */
function field(receiver: GoValue, name: string): GoValue {
  if (receiver === undefined) return undefined;
  if (isMap(receiver)) return receiver.get(name);
  const method = timeMethod(receiver, name);
  if (method !== undefined && method.required === 0) return method.call();
  throw new TemplateError(`can't evaluate field ${name} in type ${typeName(receiver)}`);
}

function variable(frame: Frame, name: string): GoValue {
  return frame.variables.findLast((candidate) => candidate.name === name)?.value;
}

function bind(frame: Frame, name: string, value: GoValue, declares: boolean): void {
  const known = declares ? undefined : frame.variables.findLast((candidate) => candidate.name === name);
  if (known === undefined) frame.variables.push({ name, value });
  else known.value = value;
}

/** Keys and values that {{range}} goes through: a list, a map in the order of its keys, or 0 to n-1. */
function rangeItems(value: GoValue): (readonly [GoValue, GoValue])[] {
  if (value === undefined) return [];
  if (isList(value)) return value.map((item, index) => [BigInt(index), item] as const);
  if (isMap(value)) return sortedEntries(value);
  const count = integerOf(value);
  if (count === undefined) throw new TemplateError(`range can't iterate over ${sprint(value)}`);
  return Array.from({ length: Number(count) }, (_, index) => [BigInt(index), BigInt(index)] as const);
}

/** An untyped constant: an int, or a float64 when it is written with a point or exponent. */
function constant(raw: string): GoValue {
  const isFloat = /[.eE]/.test(raw) && !/^[+-]?0[xX]/.test(raw);
  if (isFloat) return Number(raw);
  const digits = raw.replace(/^[+-]/, "").replace(/^0+(?=\d)/, raw.match(/^[+-]?0\d/) ? "0o" : "");
  return raw.startsWith("-") ? -BigInt(digits) : BigInt(digits);
}

function typedConstant(raw: string, parameter: Parameter): GoValue {
  const value = constant(raw);
  if (parameter === "float64") return Number(value);
  if (parameter === "int" && typeof value === "number") {
    if (Number.isInteger(value)) return BigInt(value);
    throw new TemplateError(`expected integer; found ${raw}`);
  }
  return checkArgument(value, parameter);
}
