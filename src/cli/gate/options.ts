import { join } from "node:path";
import type { GateOptions } from "../../gate/index.ts";
import { cacheDirectory } from "../../programs/index.ts";
import type { Io } from "../io.ts";

/** How commands run the gate: with the cache of verdicts, progress on stderr, until interrupted. */
export function gateOptions(
  { env, cold, hosts }: { env: Io["env"]; cold: boolean; hosts?: readonly string[] | undefined },
  io: Io,
): GateOptions {
  return {
    env,
    cache: { directory: join(cacheDirectory(io.env), "verdicts"), cold },
    signal: io.signal,
    log: (line) => io.log(line),
    ...(hosts === undefined ? {} : { hosts }),
  };
}
