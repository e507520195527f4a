import { resolve } from "node:path";
import { z } from "zod";
import {
  diagnosticJson,
  error,
  FleetError,
  hasErrors,
  warning,
  type Diagnostic,
} from "../../diagnostics/index.ts";
import { pushUrl } from "../../loki/index.ts";
import { ensureProgram, findProgram, type Program } from "../../programs/index.ts";
import { renderTable } from "../../report/index.ts";
import { parseEntries, readJournalPages, runRealAlloy, ship, type ShipReport } from "../../ship/index.ts";
import type { ExitCode, Run } from "../command.ts";
import { readInput, textOf, type Input } from "../input.ts";
import type { Io } from "../io.ts";

const Options = z.object({
  config: z.string(),
  journal: z.string().optional(),
  entries: z.string().optional(),
  url: z.url({ protocol: /^https?$/ }).optional(),
  env: z.array(z.string().regex(/^[^=]+=/, "must be NAME=VALUE")).default([]),
  alloyVersion: z
    .string()
    .regex(/^\d+\.\d+\.\d+$/, "must be a version such as 1.18.1")
    .optional(),
  with: z.literal("alloy").optional(),
});
type Options = z.infer<typeof Options>;

/** `fleet ship`: entries through a configuration into Loki; what was sent and dropped on stdout. */
export const run: Run = async (invocation, io) => {
  const options = readOptions(invocation.options);
  const entries = options.entries ?? z.string().optional().parse(invocation.arguments[0]);
  if ((entries === undefined) === (options.journal === undefined)) {
    throw usage("give either --journal DIR or entries (a file, or - for standard input)");
  }
  const config = await readInput(options.config, io);
  const env = { ...io.env, ...Object.fromEntries(options.env.map(pair)) };
  const diagnostics: Diagnostic[] = [];
  if (options.with === "alloy") {
    const alloy = await findProgram("alloy", { env: io.env, cwd: io.cwd });
    if (alloy !== undefined) return shipWithAlloy(alloy, { config, env, options, json: invocation.json }, io);
    diagnostics.push(
      warning("ship/alloy-missing", "there is no alloy on this machine; fleet's embedded shipper is used", {
        hint: "put alloy on PATH to ship with it",
      }),
    );
  }
  const source = entries === undefined ? await journalOf(options, io) : await entriesOf(entries, io);
  const report = await ship(source, {
    config: { file: config.name, text: config.text },
    env,
    signal: io.signal,
    ...(options.url !== undefined && { url: options.url }),
    ...(options.alloyVersion !== undefined && { alloyVersion: options.alloyVersion }),
  });
  return show(
    { ...report, diagnostics: [...diagnostics, ...report.diagnostics] },
    config,
    invocation.json,
    io,
  );
};

function readOptions(given: unknown): Options {
  const { data, error: problem } = Options.safeParse(given);
  if (data !== undefined) return data;
  const [issue] = problem.issues;
  const option = String(issue?.path[0] ?? "").replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`);
  const missing = option === "config" && !("config" in (given as object));
  throw usage(
    missing ? "--config says which configuration to ship with" : `--${option}: ${issue?.message ?? ""}`,
  );
}

function usage(message: string): FleetError {
  return new FleetError(error("cli/usage", message, { hint: "fleet ship --help lists what it takes" }));
}

function pair(text: string): [name: string, value: string] {
  const at = text.indexOf("=");
  return [text.slice(0, at), text.slice(at + 1)];
}

async function journalOf({ journal = "" }: Options, io: Io): Promise<ReturnType<typeof readJournalPages>> {
  const journalctl = await ensureProgram("journalctl", {
    env: io.env,
    cwd: io.cwd,
    log: (line) => io.log(line),
    signal: io.signal,
  });
  return readJournalPages(resolve(io.cwd, journal), journalctl, { signal: io.signal });
}

async function entriesOf(path: string, io: Io): Promise<ReturnType<typeof parseEntries>> {
  const { name, text } = await readInput(path, io);
  return parseEntries(name, text);
}

async function shipWithAlloy(
  alloy: Program,
  { config, env, options, json }: { config: Input; env: Io["env"]; options: Options; json: boolean },
  io: Io,
): Promise<ExitCode> {
  const { journal, url } = options;
  if (journal === undefined)
    throw usage("a real alloy reads a journal: give --journal DIR with --with alloy");
  io.log(`shipping with ${alloy.description}`);
  const report = await runRealAlloy({
    alloy,
    config: { file: config.name, text: config.text },
    journal: resolve(io.cwd, journal),
    env,
    signal: io.signal,
    ...(url !== undefined && { url: pushUrl(url) }),
  });
  if (json) io.json({ ok: true, shipper: alloy.description, ...report });
  else io.out(`read ${report.read}, sent ${report.sent}, dropped ${report.dropped} (${alloy.description})\n`);
  return 0;
}

function show(report: ShipReport, config: Input, json: boolean, io: Io): ExitCode {
  const { read, sent, dropped, malformed, diagnostics } = report;
  const ok = malformed === 0 && !hasErrors(diagnostics);
  if (json) {
    io.json({ ok, shipper: "embedded", ...report, diagnostics: diagnostics.map(diagnosticJson) });
    return ok ? 0 : 1;
  }
  io.report(diagnostics, textOf(config));
  const total = dropped.reduce((sum, { count }) => sum + count, 0);
  io.out(`read ${read}, sent ${sent}, dropped ${total} (fleet's embedded shipper)\n`);
  const rows = dropped.map(({ in: component, stage, reason, count }) => [
    `${count}`,
    component,
    stage,
    reason,
  ]);
  if (rows.length > 0) io.out(`\n${renderTable([["dropped", "in", "by", "reason"], ...rows], io.columns)}`);
  return ok ? 0 : 1;
}
