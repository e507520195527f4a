import type { Span } from "../../diagnostics/index.ts";
import type { HostReport } from "../report.ts";

/**
 * What another release does with something that a host sets: `removed` and `retyped` (no value of the new type) break
 * the host, as does what `fails` there for another reason; `renamed` still works under the old name; of `warned` the
 * release only speaks; `unverified` is what nothing is known of here.
 */
export type ChangeKind = "removed" | "retyped" | "fails" | "renamed" | "warned" | "unverified";

/** One thing that a change of release means for a host. */
export interface OptionChange {
  kind: ChangeKind;
  /** "services.promtail.enable"; undefined for what is about no single option. */
  option: string | undefined;
  message: string;
  /** The option to define in its place, where the release says. */
  replacement: string | undefined;
  /** Where it is set, relative to the repository; or absolute, for a module from elsewhere. */
  file: string | undefined;
  /** Undefined where the line is not known. */
  span: Span | undefined;
}

/** How a host is evaluated in one of the releases. */
export type Side = Pick<HostReport, "channel" | "through" | "nixpkgs">;

export interface HostUpgrade {
  host: string;
  from: Side;
  to: Side;
  /** In the order of their kinds, and by place. */
  changes: readonly OptionChange[];
}

export interface UpgradeReport {
  /** Version of Nix. */
  nix: string;
  /** The channel that the hosts are held against. */
  against: string;
  hosts: readonly HostUpgrade[];
  /** Hosts that are on that channel already, by name. */
  there: readonly string[];
  /** As in the gate's report. */
  notes: readonly string[];
}

/** Kinds in the order in which they are listed, the worst first. */
export const CHANGE_KINDS: readonly ChangeKind[] = [
  "removed",
  "retyped",
  "fails",
  "renamed",
  "warned",
  "unverified",
];

/** Whether a host could not be built on the other release as it is. */
export function breaks({ changes }: HostUpgrade): boolean {
  return changes.some(({ kind }) => kind === "removed" || kind === "retyped" || kind === "fails");
}
