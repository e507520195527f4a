import { z } from "zod";
import { renderHtml, type ReportData, type Section } from "../../report/index.ts";
import { findRoot, loadFleet } from "../../repository/index.ts";
import { parseEntries } from "../../ship/index.ts";
import type { Run } from "../command.ts";
import { readInput } from "../input.ts";
import { writeOutput } from "../output.ts";
import { collect } from "../report/collect.ts";
import { savedScenarios, savedVerifications } from "../report/saved.ts";
import { readOptions } from "../vm/options.ts";

const Options = z.object({
  output: z.string().default("fleet-report.html"),
  vm: z.string().optional(),
  verify: z.string().optional(),
  entries: z.string().optional(),
});

/** `fleet report`: one HTML file of a migration. Writes the report alone; what could not be had it says. */
export const run: Run = async (invocation, io) => {
  const { output, vm, verify, entries } = readOptions(Options, invocation.options, "report");
  const root = await findRoot({ repo: invocation.repo, cwd: io.cwd });
  const { fleet } = await loadFleet(root);
  // What the user named is read first: a mistake there is told before anything takes time.
  const scenarios = await saved(vm, "fleet vm test --json > vm.json", "--vm vm.json", (path) =>
    savedScenarios(path, io),
  );
  const verifications = await saved(
    verify,
    "fleet verify --all --json > verify.json",
    "--verify verify.json",
    (path) => savedVerifications(path, io),
  );
  const given = entries === undefined ? undefined : await readInput(entries, io);
  const sample = given && parseEntries(given.name, given.text);
  const data: ReportData = {
    title: `Migration to Grafana Alloy: ${fleet.hosts
      .map(({ name }) => name)
      .slice(0, 5)
      .join(", ")}${fleet.hosts.length > 5 ? ", …" : ""}`,
    made: new Date().toISOString(),
    ...(await collect({ root, fleet }, sample, io)),
    scenarios,
    verifications,
  };
  await writeOutput(output, renderHtml(data), io);
  const missing = Object.entries({ ...data }).flatMap(([name, part]) => missingOf(name, part));
  if (invocation.json) io.json({ ok: true, file: output, missing: Object.fromEntries(missing) });
  else
    io.out(
      `${output}: ${data.hosts.length} hosts${missing.map(([name, why]) => `\nwithout ${name}: ${why}`).join("")}\n`,
    );
  return 0;
};

function missingOf(name: string, part: unknown): [name: string, why: string][] {
  const { data } = z.object({ missing: z.string() }).safeParse(part);
  return data === undefined ? [] : [[name, data.missing]];
}

/** What a command printed once; without a file, how to come by one. */
async function saved<T>(
  path: string | undefined,
  command: string,
  option: string,
  read: (path: string) => Promise<T>,
): Promise<Section<T>> {
  if (path !== undefined) return { data: await read(path) };
  return { missing: `Not in this report: save it with \`${command}\` and give ${option}.` };
}
