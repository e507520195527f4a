import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { freePorts, start } from "../process/index.ts";
import type { Program } from "../programs/index.ts";
import { untilQuiet, type AgentReport } from "./agent.ts";
import { redirect, type Redirection } from "./redirect.ts";

export interface RealAlloyOptions extends Redirection {
  alloy: Program;
  config: { file: string; text: string };
  env: Readonly<Record<string, string | undefined>>;
  log?: (line: string) => void;
  signal?: AbortSignal;
  /** Milliseconds without a new entry after which all is read; 3 s when left out. */
  quiet?: number;
}

const ALLOY = {
  name: "alloy",
  ready: "/-/ready",
  counters: {
    read: "loki_source_journal_target_lines_total",
    sent: "loki_write_sent_entries_total",
    dropped: "loki_process_dropped_lines_total",
  },
  hint: "run alloy validate on the configuration",
} as const;

/**
 * Runs a real Alloy on a journal directory until it has nothing more to send, and ends it. Its configuration
 * is the given one with only what the redirection says changed: the journal's path, the push URL.
 *
 * @throws FleetError `ship/agent-failed` when Alloy ends by itself or does not come to rest.
 */
export async function runRealAlloy(options: RealAlloyOptions): Promise<AgentReport> {
  const directory = await mkdtemp(join(tmpdir(), "fleet-alloy-"));
  const file = join(directory, "config.alloy");
  await writeFile(file, redirect(options.config, options));
  const [port = 0] = await freePorts(1);
  const address = `127.0.0.1:${port}`;
  const args = ["run", `--storage.path=${join(directory, "data")}`, `--server.http.listen-addr=${address}`];
  const child = start(options.alloy.path, [...args, "--disable-reporting", file], {
    env: options.env,
    ...(options.log === undefined ? {} : { onLine: options.log }),
  });
  try {
    return await untilQuiet({ child, url: `http://${address}`, ...ALLOY }, options);
  } finally {
    await child.stop();
    await rm(directory, { recursive: true, force: true });
  }
}
