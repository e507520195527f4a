import { run } from "../process/index.ts";
import { onPath, type ProgramOptions } from "./program.ts";

/**
 * Installs a Debian package, saying so first; gives the reason when it did not. Only where FLEET_MAY_INSTALL
 * is 1 (a checkout's launcher sets it, an installed fleet does not) and root's rights need no password.
 */
export async function installWithApt(name: string, options: ProgramOptions): Promise<string | undefined> {
  const { env } = options;
  const apt = onPath("apt-get", env);
  if (apt === undefined) return "no apt-get here to install it with";
  if (env["FLEET_MAY_INSTALL"] !== "1")
    return `Debian's ${name} may not be installed (FLEET_MAY_INSTALL is not 1)`;
  const prefix = await asRoot(env);
  if (prefix === undefined)
    return `Debian's ${name} cannot be installed without root's rights or passwordless sudo`;

  options.log?.(`installing ${name} with apt-get, because fleet needs it and FLEET_MAY_INSTALL is 1`);
  const call = async (...args: string[]): Promise<{ exitCode: number; stderr: string }> => {
    const [command = apt, ...rest] = [
      ...prefix,
      "env",
      "DEBIAN_FRONTEND=noninteractive",
      apt,
      "-q",
      "-y",
      ...args,
    ];
    return run(command, rest, { env, ...(options.signal === undefined ? {} : { signal: options.signal }) });
  };
  const install = ["install", "--no-install-recommends", name] as const;
  let result = await call(...install);
  if (result.exitCode !== 0) {
    // The package lists may be missing or old.
    await call("update");
    result = await call(...install);
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
