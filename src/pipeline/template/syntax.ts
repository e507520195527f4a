/** The syntax tree of a Go template. */
export type Node =
  | { kind: "text"; text: string }
  | { kind: "action"; pipeline: Pipeline }
  | { kind: "if" | "with" | "range"; pipeline: Pipeline; body: Node[]; otherwise: Node[] }
  | { kind: "template"; name: string; pipeline: Pipeline | undefined }
  | { kind: "break" | "continue" };

/** Pipeline = [ variables ( ":=" | "=" ) ] Command { "|" Command } */
export interface Pipeline {
  variables: string[];
  declares: boolean;
  commands: Term[][];
}

export type Term =
  | { kind: "dot" }
  | { kind: "nil" }
  | { kind: "bool"; value: boolean }
  | { kind: "string"; value: string }
  | { kind: "number"; raw: string }
  /** `.a.b` */
  | { kind: "field"; names: string[] }
  /** `$x.a.b` */
  | { kind: "variable"; name: string; names: string[] }
  | { kind: "function"; name: string }
  /** `( pipeline ).a.b` */
  | { kind: "paren"; pipeline: Pipeline; names: string[] };

export interface Template {
  body: Node[];
  /** Templates that `define` and `block` made, by name. */
  defined: Map<string, Node[]>;
}
