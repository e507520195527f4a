import { join, relative } from "node:path";
import { z } from "zod";
import { error, FleetError } from "../../diagnostics/index.ts";
import { renderTable } from "../../report/index.ts";
import { findRoot } from "../../repository/index.ts";
import { Redactor } from "../../sample/index.ts";
import { parseEntries, type RawEntry } from "../../ship/index.ts";
import type { Run } from "../command.ts";
import { readInput } from "../input.ts";
import type { Io } from "../io.ts";
import { writeOutput } from "../output.ts";
import { journalOverSsh } from "../sample/ssh.ts";

/** Entries that a sample holds at most: about 150 MB of journal. */
const MOST = 100_000;

const Options = z.object({
  from: z.string().optional(),
  lines: z
    .string()
    .regex(/^[1-9]\d{0,5}$/, { error: `--lines takes a number from 1 to ${MOST}` })
    .transform(Number)
    .refine((count) => count <= MOST, { error: `--lines takes a number from 1 to ${MOST}` })
    .default(10_000),
  unit: z.array(z.string().min(1)).default([]),
  since: z.string().min(1).optional(),
  ssh: z
    .string()
    .regex(/^(?:[A-Za-z_][\w.-]*@)?[A-Za-z0-9][\w.-]*$/, { error: "--ssh takes a host, or user@host" })
    .optional(),
  output: z.string().optional(),
});
type Options = z.infer<typeof Options>;

/** `fleet sample HOST`: keeps the newest journal entries of a host, redacted. */
export const run: Run = async (invocation, io) => {
  const { host, options } = readInvocation(invocation.arguments[0], invocation.options);
  const output = options.output ?? (await placeOf(host, invocation.repo, io));
  const entries = await collect(host, options, io);
  if (entries.length === 0) {
    const hint = "leave out --unit and --since, or ask for another host";
    throw new FleetError(
      error("sample/empty", `${host} has no such entries; nothing was written`, { hint }),
      1,
    );
  }
  const redactor = new Redactor();
  const lines = entries.map((entry) => `${JSON.stringify(redactor.redact(entry))}\n`);
  await writeOutput(output, lines.join(""), io, { mode: 0o600 });
  const redacted = redactor.counts();
  if (invocation.json) {
    io.json({ ok: true, host, file: output, entries: entries.length, redacted });
    return 0;
  }
  const rows = redacted.map(({ rule, replaced, values, finds }) => [rule, `${replaced}`, `${values}`, finds]);
  io.out(renderTable([["rule", "replaced", "values", "what it finds"], ...rows], io.columns));
  io.out(`\n${entries.length} entries of ${host} in ${output}; look through it before you share it\n`);
  return 0;
};

function readInvocation(argument: unknown, given: unknown): { host: string; options: Options } {
  const host = z
    .string()
    .regex(/^[A-Za-z0-9][\w.-]*$/)
    .safeParse(argument);
  if (!host.success) throw usage("HOST is a host's name: letters, digits, dots, - and _");
  const options = Options.safeParse(given);
  if (!options.success) throw usage(options.error.issues.map((issue) => issue.message).join("; "));
  return { host: host.data, options: options.data };
}

function usage(message: string): FleetError {
  return new FleetError(error("cli/usage", message, { hint: "fleet sample --help lists what it takes" }));
}

/** samples/HOST.jsonl of the repository, as seen from here. */
async function placeOf(host: string, repo: string | undefined, io: Io): Promise<string> {
  const root = await findRoot({ repo, cwd: io.cwd });
  return relative(io.cwd, join(root, "samples", `${host}.jsonl`));
}

async function collect(host: string, options: Options, io: Io): Promise<readonly RawEntry[]> {
  const { from, lines, unit, since, ssh } = options;
  if (from === undefined) {
    const text = await journalOverSsh(ssh ?? host, { lines, unit, since }, io);
    return parseEntries(`the journal of ${host}`, text);
  }
  if (unit.length > 0 || since !== undefined || ssh !== undefined)
    throw usage("--unit, --since and --ssh are for a journal over ssh, not for --from");
  const { name, text } = await readInput(from, io);
  return parseEntries(name, text).slice(-lines);
}
