import { z } from "zod";
import { error, FleetError } from "../../diagnostics/index.ts";
import { gate, hostJson, touchedHosts } from "../../gate/index.ts";
import { baseCommit, changedFiles } from "../../git/index.ts";
import { findRoot } from "../../repository/index.ts";
import type { Run } from "../command.ts";
import { textsBelow } from "../excerpts.ts";
import {
  codeQualityDocument,
  githubLines,
  isClean,
  jsonDocument,
  junitDocument,
  ndjsonSummary,
  sarifDocument,
} from "../gate/documents.ts";
import { gateOptions } from "../gate/options.ts";
import { printGate } from "../gate/print.ts";
import { checkRules, type Since } from "../gate/rules.ts";
import { withTree, type Tree } from "../gate/tree.ts";
import { printUpgrade } from "../gate/upgrade.ts";
import type { Io } from "../io.ts";
import { writeOutput } from "../output.ts";

const Options = z.object({
  host: z.array(z.string()).optional(),
  changed: z.boolean().default(false),
  staged: z.boolean().default(false),
  base: z.string().optional(),
  cold: z.boolean().default(false),
  engine: z.enum(["nix", "nix-eval-jobs"]).optional(),
  nixOption: z.array(z.string()).default([]),
  showTrace: z.boolean().default(false),
  against: z.string().optional(),
  ndjson: z.boolean().default(false),
  junit: z.string().optional(),
  sarif: z.string().optional(),
  annotations: z.enum(["github", "gitlab", "none"]).optional(),
});

type Options = z.infer<typeof Options>;

/** `fleet gate`: evaluates every host; exit code 1 when one does not evaluate. */
export const run: Run = async (invocation, io) => {
  const options = Options.parse(invocation.options);
  const { json } = invocation;
  const { against, annotations, base, cold, junit, ndjson, sarif, showTrace, staged } = options;
  const takesStdout = stdoutTaken(options, json);
  const root = await findRoot({ repo: invocation.repo, cwd: io.cwd });
  const since = base === undefined ? undefined : await baseCommit(root, base, io.signal);
  return withTree(root, { staged, io }, async (tree) => {
    const hosts = await select(root, tree, options, { staged, since }, io);
    if (against !== undefined)
      return printUpgrade(tree, { against, json, cold, ...(hosts && { hosts }) }, io);
    const rules = await checkRules(root, tree, { staged, since, cold }, io);
    const report = await gate(tree.fleet, tree.root, {
      ...gateOptions(
        { env: tree.env, cold, hosts, engine: options.engine, nixOptions: options.nixOption },
        io,
      ),
      ...(ndjson && { onProgress: (host) => io.out(`${JSON.stringify(hostJson(host))}\n`) }),
    });
    const outcome = { report, rules, fleet: tree.fleet };
    const textOf = textsBelow(tree.root);
    if (json) io.json(jsonDocument(outcome));
    else if (ndjson) io.out(`${JSON.stringify(ndjsonSummary(outcome))}\n`);
    else if (!takesStdout) printGate(outcome, { showTrace, textOf }, io);
    if (junit !== undefined) await put(junit, junitDocument(outcome, textOf), io);
    if (sarif !== undefined) await put(sarif, sarifDocument(outcome), io);
    if (annotations === "gitlab") io.out(codeQualityDocument(outcome));
    const inActions = annotations === undefined && io.env["GITHUB_ACTIONS"] === "true" && !takesStdout;
    if (annotations === "github" || inActions) io.out(githubLines(outcome));
    return isClean(outcome) ? 0 : 1;
  });
};

/**
 * Whether a document takes the place of the table.
 *
 * @throws FleetError `cli/usage` when two do
 */
function stdoutTaken({ ndjson, junit, sarif, annotations }: Options, json: boolean): boolean {
  const documents = [json, ndjson, junit === "-", sarif === "-", annotations === "gitlab"].filter(
    Boolean,
  ).length;
  if (documents > 1 || (documents === 1 && annotations === "github")) {
    const hint = "give all but one of them a file";
    const message = "only one of --json, --ndjson, --junit, --sarif and --annotations can be on stdout";
    throw new FleetError(error("cli/usage", message, { hint }));
  }
  return documents === 1;
}

/** The names of the hosts to evaluate; undefined for all. */
async function select(
  root: string,
  { fleet }: Tree,
  { host, changed }: Options,
  { staged, since }: Since,
  io: Io,
): Promise<readonly string[] | undefined> {
  if (!changed) return host;
  const files = await changedFiles(root, {
    staged,
    signal: io.signal,
    ...(since !== undefined && { since }),
  });
  const touched = touchedHosts(fleet.hosts, files);
  const untouched = new Set(fleet.hosts.filter((one) => !touched.includes(one)).map(({ name }) => name));
  // A name that is no host's stays, for the gate to say so.
  const chosen = (host ?? fleet.hosts.map(({ name }) => name)).filter((name) => !untouched.has(name));
  if (chosen.length === 0) io.log(`no host is touched by what is ${staged ? "staged" : "not committed"}`);
  return chosen;
}

/** A document to a file, or to stdout for `-`. */
async function put(path: string, text: string, io: Io): Promise<void> {
  if (path === "-") io.out(text);
  else await writeOutput(path, text, io);
}
