import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import {
  appendStatements,
  applyEdits,
  attribute,
  blockName,
  parse,
  quote,
  replaceValue,
  type TextEdit,
} from "../alloy/index.ts";
import type { Block } from "../alloy/index.ts";
import { FleetError } from "../diagnostics/index.ts";
import { freePorts, start } from "../process/index.ts";
import type { Program } from "../programs/index.ts";
import { untilQuiet, type AgentReport } from "./agent.ts";

export interface RealAlloyOptions {
  alloy: Program;
  config: { file: string; text: string };
  /** The journal directory that every loki.source.journal reads instead of its own. */
  journal: string;
  /** The push URL that every endpoint gets instead of its own, when given. */
  url?: string;
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
 * is the given one with only the journal's path and the push URL changed.
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

/** The configuration with the path of every journal source replaced, and with `url` that of every endpoint. */
export function redirect(
  config: { file: string; text: string },
  { journal, url }: { journal: string; url?: string },
): string {
  const { file, diagnostics } = parse(config.file, config.text);
  if (diagnostics.length > 0) throw new FleetError(diagnostics);
  const edits: TextEdit[] = [];
  const set = (block: Block, name: string, value: string): void => {
    const found = block.body.find((one) => one.kind === "attribute" && one.name.name === name);
    edits.push(
      found?.kind === "attribute"
        ? replaceValue(found, quote(value))
        : appendStatements(file, block, [attribute(name, value)]),
    );
  };
  for (const block of file.body) {
    if (block.kind !== "block") continue;
    if (blockName(block) === "loki.source.journal") set(block, "path", journal);
    if (blockName(block) !== "loki.write" || url === undefined) continue;
    for (const inner of block.body) {
      if (inner.kind === "block" && blockName(inner) === "endpoint") set(inner, "url", url);
    }
  }
  return applyEdits(config.text, edits);
}
