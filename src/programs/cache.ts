import { homedir } from "node:os";
import { join } from "node:path";
import type { ProgramOptions } from "./program.ts";

/** Where fleet keeps what it built: $FLEET_CACHE, else $XDG_CACHE_HOME/fleet, else ~/.cache/fleet. */
export function cacheDirectory(env: ProgramOptions["env"]): string {
  const explicit = env["FLEET_CACHE"];
  if (explicit) return explicit;
  const base = env["XDG_CACHE_HOME"] ? env["XDG_CACHE_HOME"] : join(env["HOME"] ?? homedir(), ".cache");
  return join(base, "fleet");
}
