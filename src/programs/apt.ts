import { join } from "node:path";
import { run, type RunResult } from "../process/index.ts";
import { cacheDirectory } from "./cache.ts";
import { withLock } from "./lock.ts";
import { onPath, type ProgramOptions } from "./program.ts";

/**
 * Installs a Debian package, saying so first; gives the reason when it did not. Only where FLEET_MAY_INSTALL
 * is 1 (a checkout's launcher sets it, an installed fleet does not) and root's rights need no password. One at a
 * time: whoever had to wait asks `isInstalled` first, as what was installed meanwhile may be what it needs.
 */
export async function installWithApt(
  name: string,
  isInstalled: () => boolean,
  options: ProgramOptions,
): Promise<string | undefined> {
  const { env } = options;
  const apt = onPath("apt-get", env);
  if (apt === undefined) return "no apt-get here to install it with";
  if (env["FLEET_MAY_INSTALL"] !== "1")
    return `Debian's ${name} may not be installed (FLEET_MAY_INSTALL is not 1)`;
  const prefix = await asRoot(env);
  if (prefix === undefined)
    return `Debian's ${name} cannot be installed without root's rights or passwordless sudo`;

  return withLock(join(cacheDirectory(env), "apt.lock"), async () => {
    if (isInstalled()) return undefined;
    options.log?.(`installing ${name} with apt-get, because fleet needs it and FLEET_MAY_INSTALL is 1`);
    return install(name, [...prefix, "env", "DEBIAN_FRONTEND=noninteractive", apt, "-q", "-y"], options);
  });
}

/** Gives the reason when apt-get could not; its package lists may be missing or old, and are renewed then. */
async function install(
  name: string,
  [command = "apt-get", ...first]: readonly string[],
  { env, signal }: ProgramOptions,
): Promise<string | undefined> {
  const call = (...args: string[]): Promise<RunResult> =>
    run(command, [...first, ...args], { env, ...(signal === undefined ? {} : { signal }) });
  // Another program may hold dpkg's lock for a while: a machine that has just booted often updates itself.
  const installation = ["-o", "DPkg::Lock::Timeout=300", "install", "--no-install-recommends", name];
  let result = await call(...installation);
  if (result.exitCode !== 0) {
    await call("update");
    result = await call(...installation);
  }
  if (result.exitCode === 0) return undefined;
  return `apt-get could not install ${name}: ${result.stderr.trim().split("\n").at(-1) ?? ""}`;
}

/** What to put before a command so that it runs as root; undefined when that is not possible. */
async function asRoot(env: ProgramOptions["env"]): Promise<string[] | undefined> {
  if (process.getuid?.() === 0) return [];
  const sudo = onPath("sudo", env);
  if (sudo === undefined) return undefined;
  const { exitCode } = await run(sudo, ["-n", "true"], { timeout: 10_000 });
  return exitCode === 0 ? [sudo, "-n"] : undefined;
}
