import { error, FleetError } from "../diagnostics/index.ts";
import { run } from "../process/index.ts";
import { IDENTIFIER } from "./probes.ts";
import type { LogMarked } from "./verify.ts";

export interface SshOptions {
  /** A host, or user@host, as ssh takes it. */
  target: string;
  env: Readonly<Record<string, string | undefined>>;
  signal: AbortSignal;
  /** Milliseconds for all of it, 60 s when left out. */
  timeout?: number;
}

/** Entries of the host's journal that are looked at, at most. */
const MOST = 20_000;

/**
 * Logs marked lines on a host over one ssh connection and reads its journal back. ssh asks nothing (BatchMode) and gives
 * up on a host that does not answer within ten seconds. The lines go through standard input, so none is read by a shell.
 */
export function logBySsh({ target, env, signal, timeout = 60_000 }: SshOptions): LogMarked {
  return async (lines, since) => {
    const remote =
      `systemd-cat --identifier=${IDENTIFIER} && sleep 1 && journalctl --output=json --all --no-pager --quiet ` +
      `--since=@${Math.floor(since / 1000)} --lines=${MOST}`;
    const options = ["BatchMode=yes", "ConnectTimeout=10", "ServerAliveInterval=15"];
    const args = [...options.flatMap((option) => ["-o", option]), "--", target, remote];
    const input = lines.map((line) => `${line}\n`).join("");
    const { exitCode, stdout, stderr } = await run("ssh", args, { env, signal, timeout, input }).catch(
      (caught: unknown) => {
        if (!(caught instanceof FleetError)) throw caught;
        throw markerFailed(target, caught.diagnostics.map(({ message }) => message).join("; "));
      },
    );
    if (exitCode === 0) return stdout;
    const said = stderr.trim().split("\n").slice(-3).join("; ");
    throw markerFailed(target, said || `exit code ${exitCode}`);
  };
}

function markerFailed(target: string, why: string): FleetError {
  const message = `no marked line could be logged on ${target}: ${why}`;
  const hint = `try ssh ${target} true; or log the lines by hand with --marker print, or do without: --marker none`;
  return new FleetError(error("verify/marker-failed", message, { hint }));
}
