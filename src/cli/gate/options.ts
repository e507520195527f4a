import { join } from "node:path";
import { error, FleetError } from "../../diagnostics/index.ts";
import type { GateOptions } from "../../gate/index.ts";
import { cacheDirectory } from "../../programs/index.ts";
import type { Io } from "../io.ts";

interface Chosen {
  env: Io["env"];
  cold: boolean;
  hosts?: readonly string[] | undefined;
  engine?: GateOptions["engine"] | undefined;
  /** Options of Nix's own, each `name=value`. */
  nixOptions?: readonly string[];
}

/** How commands run the gate: with the cache of verdicts, progress on stderr, until interrupted. */
export function gateOptions({ env, cold, hosts, engine, nixOptions = [] }: Chosen, io: Io): GateOptions {
  return {
    env,
    cache: { directory: join(cacheDirectory(io.env), "verdicts"), cold },
    signal: io.signal,
    log: (line) => io.log(line),
    settings: nixOptions.map(setting),
    ...(hosts === undefined ? {} : { hosts }),
    ...(engine === undefined ? {} : { engine }),
  };
}

function setting(text: string): [name: string, value: string] {
  const at = text.indexOf("=");
  if (at > 0) return [text.slice(0, at), text.slice(at + 1)];
  const hint = "as in nix.conf, without spaces: --nix-option max-jobs=0";
  throw new FleetError(error("cli/usage", `--nix-option takes name=value, not ${text}`, { hint }));
}
