/** Which program looks at the meaning of a text: `alloy validate`, or only `alloy run` when it builds the component. */
export type CheckedBy = "validate" | "run";

/** What a string has to be beyond a string. */
export type Format =
  | "duration"
  | "size"
  | "regex"
  | "selector"
  | "jmespath"
  | "template"
  | "pattern"
  | "location"
  | "url"
  | "time format";

/** Values that only components can give. */
export type CapsuleName =
  "loki.LogsReceiver" | "storage.Appendable" | "relabel.Rules" | "otelcol.Consumer" | "secret";

export interface StringType {
  readonly kind: "string";
  readonly format?: Format;
  /** The only texts that are allowed. */
  readonly values?: readonly string[];
  readonly checkedBy?: CheckedBy;
  /** True when `alloy run` refuses the empty text. */
  readonly notEmpty?: true;
}

export type ValueType =
  | StringType
  | { readonly kind: "secret" | "bool" | "any" | "target" }
  | { readonly kind: "number"; readonly integer: boolean; readonly unsigned: boolean }
  | { readonly kind: "list" | "map"; readonly of: ValueType }
  | { readonly kind: "capsule"; readonly name: CapsuleName };

export interface ArgumentSpec {
  readonly type: ValueType;
  readonly required: boolean;
  /** The default as Alloy source; undefined where the absence means something of its own. */
  readonly default?: string;
  /** The first release that knows it, such as "1.11"; undefined for 1.0. */
  readonly since?: string;
}

export interface ChildSpec {
  readonly spec: BlockSpec;
  readonly required: boolean;
  readonly repeatable: boolean;
  readonly since?: string;
}

export interface BlockSpec {
  readonly attributes: Readonly<Record<string, ArgumentSpec>>;
  readonly blocks: Readonly<Record<string, ChildSpec>>;
}

export interface ComponentSpec extends BlockSpec {
  /** What other components may refer to. */
  readonly exports: Readonly<Record<string, ValueType>>;
}

// Types

export const string: StringType = { kind: "string" };
export const notEmpty: StringType = { kind: "string", notEmpty: true };
export const secret: ValueType = { kind: "secret" };
export const bool: ValueType = { kind: "bool" };
export const any: ValueType = { kind: "any" };
export const number: ValueType = { kind: "number", integer: false, unsigned: false };
export const int: ValueType = { kind: "number", integer: true, unsigned: false };
export const uint: ValueType = { kind: "number", integer: true, unsigned: true };
export const duration: StringType = { kind: "string", format: "duration", checkedBy: "validate" };
export const size: StringType = { kind: "string", format: "size", checkedBy: "validate" };
export const url: StringType = { kind: "string", format: "url", checkedBy: "validate" };
export const target: ValueType = { kind: "target" };
export const targets: ValueType = { kind: "list", of: target };
export const logsReceiver: ValueType = { kind: "capsule", name: "loki.LogsReceiver" };
export const logsReceivers: ValueType = { kind: "list", of: logsReceiver };
export const metricsReceiver: ValueType = { kind: "capsule", name: "storage.Appendable" };
export const metricsReceivers: ValueType = { kind: "list", of: metricsReceiver };
export const rules: ValueType = { kind: "capsule", name: "relabel.Rules" };
export const optionalSecret: ValueType = { kind: "capsule", name: "secret" };

/** A text with a meaning that `alloy run` checks, or `alloy validate` already. */
export function text(format: Format, checkedBy: CheckedBy = "run"): StringType {
  return { kind: "string", format, checkedBy };
}

/** One of some texts. */
export function choice(values: readonly string[], checkedBy: CheckedBy = "run"): StringType {
  return { kind: "string", values, checkedBy };
}

export function list(of: ValueType): ValueType {
  return { kind: "list", of };
}

export function map(of: ValueType): ValueType {
  return { kind: "map", of };
}

// Arguments and blocks

export function required(type: ValueType, since?: string): ArgumentSpec {
  return { type, required: true, ...(since === undefined ? {} : { since }) };
}

/** An argument that may be left out; `default` is Alloy source. */
export function optional(type: ValueType, defaultSource?: string, since?: string): ArgumentSpec {
  return {
    type,
    required: false,
    ...(defaultSource === undefined ? {} : { default: defaultSource }),
    ...(since === undefined ? {} : { since }),
  };
}

export function blockSpec(attributes: BlockSpec["attributes"], blocks: BlockSpec["blocks"] = {}): BlockSpec {
  return { attributes, blocks };
}

/** A block that may stand once. */
export function once(spec: BlockSpec, since?: string): ChildSpec {
  return { spec, required: false, repeatable: false, ...(since === undefined ? {} : { since }) };
}

/** A block that may stand any number of times. */
export function repeated(spec: BlockSpec, since?: string): ChildSpec {
  return { ...once(spec, since), repeatable: true };
}

/** A block that has to be there. */
export function needed(child: ChildSpec): ChildSpec {
  return { ...child, required: true };
}

export function component(
  exports: ComponentSpec["exports"],
  attributes: BlockSpec["attributes"],
  blocks: BlockSpec["blocks"] = {},
): ComponentSpec {
  return { exports, attributes, blocks };
}
