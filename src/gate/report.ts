import type { Diagnostic, Span } from "../diagnostics/index.ts";

/** `unverified`: nothing wrong was found, but the host sets or reads what the embedded surface does not know. */
export type Verdict = "pass" | "fail" | "unverified";

/** Something that could not be judged: an option outside the surface, a file or source that is not here. */
export interface Unverified {
  /** "services.foobar.enable", "lib.strings.toCamelCase", "<home-manager/nixos>" */
  option: string;
  span: Span | undefined;
}

/** A step on Nix's way to a failure. */
export interface TraceStep {
  /** "while evaluating the definition of `networking.hostName'" */
  doing: string;
  /** Relative to the repository where it is in it; undefined where Nix names none. */
  file: string | undefined;
  line: number | undefined;
  /** Whether it is in the repository. */
  own: boolean;
}

export interface HostReport {
  host: string;
  channel: string;
  verdict: Verdict;
  through: "embedded" | "nixpkgs";
  /** Path of the nixpkgs, or the flake whose own nixpkgs it was. */
  nixpkgs: string | undefined;
  /** How long the evaluation took; 0 for a verdict that was known. */
  seconds: number;
  /** True when the verdict is that of an earlier run, all of whose inputs are what they were. */
  cached: boolean;
  /** What stands in the way of the verdict's being known to the next run: "builtins.currentTime"; undefined for nothing. */
  uncacheable: string | undefined;
  unverified: readonly Unverified[];
  diagnostics: readonly Diagnostic[];
  /** How Nix came to the failure, innermost first; left out for a host that evaluates. */
  trace?: readonly TraceStep[];
}

export interface GateReport {
  /** Version of Nix. */
  nix: string;
  hosts: readonly HostReport[];
  summary: Readonly<Record<Verdict, number>>;
  /** Why channels that name a nixpkgs were evaluated through the embedded surface, one sentence each. */
  notes: readonly string[];
}
