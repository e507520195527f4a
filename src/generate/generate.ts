import type { Diagnostic } from "../diagnostics/index.ts";
import type { Fleet } from "../manifest/index.ts";
import { wireHost, type HostFile } from "./nixos/host.ts";
import { configText, moduleText, testText } from "./nixos/module.ts";

export interface NixosInputs {
  /** The Promtail module that the pipeline was made from, below the repository's root. */
  promtail: string;
  /** The Alloy configuration as `alloy fmt` prints it. */
  pipeline: string;
  /** A test for the pipeline, where there is one. */
  test: string | undefined;
  /** The hosts to wire: those that are to ship with Alloy. */
  hosts: readonly HostFile[];
}

export interface Generated {
  /** The text of each file that fleet answers for, by path below the root. */
  files: Map<string, string>;
  /** The subset of `files` that is fleet's from the first byte to the last; the others are edited in place. */
  whole: ReadonlySet<string>;
  diagnostics: Diagnostic[];
}

/**
 * What a NixOS fleet's repository is to hold: the shared Alloy module with its configuration, and the hosts that
 * import it. The same inputs give the same bytes.
 */
export function generateNixos(fleet: Fleet, inputs: NixosInputs): Generated {
  const { modules } = fleet.layout;
  const files = new Map([
    [`${modules}/alloy/default.nix`, moduleText(fleet, inputs.promtail)],
    [`${modules}/alloy/config.alloy`, configText(inputs.promtail, inputs.pipeline)],
  ]);
  if (inputs.test !== undefined) {
    files.set(`${modules}/alloy/config.test.yaml`, testText(inputs.promtail, inputs.test));
  }
  const whole = new Set(files.keys());
  const diagnostics: Diagnostic[] = [];
  for (const host of inputs.hosts) {
    const wired = wireHost(host, modules, inputs.promtail);
    if (typeof wired === "string") files.set(host.file, wired);
    else diagnostics.push(wired);
  }
  return { files, whole, diagnostics };
}
