import { error, FleetError } from "../../diagnostics/index.ts";
import { run } from "../../process/index.ts";
import type { Io } from "../io.ts";

export interface Wanted {
  /** The newest so many entries. */
  lines: number;
  unit: readonly string[];
  /** As journalctl takes it. */
  since: string | undefined;
}

/** Milliseconds for a whole sample: a slow line carries a hundred megabytes in that. */
const TIMEOUT = 15 * 60_000;

/**
 * The newest journal entries of a host as `journalctl -o json` prints them, oldest first. ssh asks nothing (BatchMode)
 * and gives up on a host that does not answer within ten seconds; everything else is as the user's ssh has it.
 *
 * @throws FleetError `sample/unreachable` with what ssh or journalctl said.
 */
export async function journalOverSsh(target: string, wanted: Wanted, io: Io): Promise<string> {
  const journalctl = [
    ...["journalctl", "--output=json", "--all", "--no-pager", "--quiet", `--lines=${wanted.lines}`],
    ...wanted.unit.map((unit) => `--unit=${unit}`),
    ...(wanted.since === undefined ? [] : [`--since=${wanted.since}`]),
  ];
  const options = ["BatchMode=yes", "ConnectTimeout=10", "ServerAliveInterval=15"];
  io.log(`asking ${target} for its newest ${wanted.lines} entries`);
  // The other side's shell gets one line to read, so every word is quoted for it.
  const args = [
    ...options.flatMap((option) => ["-o", option]),
    "--",
    target,
    journalctl.map(quoted).join(" "),
  ];
  const { exitCode, stdout, stderr } = await run("ssh", args, {
    env: io.env,
    signal: io.signal,
    timeout: TIMEOUT,
  });
  if (exitCode === 0) return stdout;
  const said = stderr.trim().split("\n").slice(-3).join("; ");
  throw new FleetError(
    error(
      "sample/unreachable",
      `the journal of ${target} cannot be read: ${said || `exit code ${exitCode}`}`,
      {
        hint: `try ssh ${target} journalctl -n 1, or give a file of \`journalctl -o json\` with --from`,
      },
    ),
  );
}

/** A word for a POSIX shell. */
function quoted(word: string): string {
  return /^[\w=.,:/-]+$/.test(word) ? word : `'${word.replaceAll("'", "'\\''")}'`;
}
