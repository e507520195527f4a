import { z } from "zod";
import { ALLOY_VERSION, parse } from "../../alloy/index.ts";
import { error, FleetError, hasErrors } from "../../diagnostics/index.ts";
import { countEntries, graphOf, renderSvg, type Counts, type Graph } from "../../graph/index.ts";
import { compile, type Outcome } from "../../pipeline/index.ts";
import { readAlloyConfiguration } from "../alloy-file.ts";
import type { Run } from "../command.ts";
import { openFeed } from "../explain/feed.ts";
import { plannedConfiguration } from "../explain/planned.ts";
import type { Io } from "../io.ts";
import { writeOutput } from "../output.ts";
import { readOptions } from "../vm/options.ts";

const Options = z.object({
  config: z.string("is missing: the configuration to draw"),
  entries: z.string().optional(),
  output: z.string().optional(),
});

/** `fleet graph`: a pipeline as SVG, with how many entries passed where. Exits 1 for a faulty configuration. */
export const run: Run = async (invocation, io) => {
  const { config, entries, output } = readOptions(Options, invocation.options, "graph");
  const planned = await plannedConfiguration(config, invocation.repo, io);
  const inputs = planned === undefined ? await readAlloyConfiguration(config, io) : [planned];
  const parsed = inputs.map(({ name, text, diagnostics }) => {
    const { file, diagnostics: syntax } = parse(name, text);
    return { file, diagnostics: [...diagnostics, ...syntax] };
  });
  const diagnostics = parsed.flatMap((one) => one.diagnostics);
  if (hasErrors(diagnostics)) throw new FleetError(diagnostics, 1);
  const files = parsed.map(({ file }) => file);
  const graph = graphOf(files);
  const counts = entries === undefined ? undefined : await count(graph, files, entries, io);
  const svg = renderSvg(graph, { title: config, ...(counts === undefined ? {} : { counts }) });
  if (invocation.json) {
    io.json({
      ...graph,
      counts: counts && {
        ...counts,
        edges: Object.fromEntries(counts.edges),
        stages: Object.fromEntries(counts.stages),
      },
    });
  }
  if (output !== undefined) {
    await writeOutput(output, svg, io);
    io.log(`${graph.nodes.length} components, ${graph.edges.length} edges: ${output}`);
  } else if (!invocation.json) io.out(svg);
  return 0;
};

async function count(
  graph: Graph,
  files: Parameters<typeof graphOf>[0],
  entries: string,
  io: Io,
): Promise<Counts> {
  const feed = await openFeed({ entries }, io);
  const { newest } = feed;
  const { pipeline, diagnostics } = compile(files, {
    alloyVersion: ALLOY_VERSION,
    env: io.env,
    trace: true,
    ...(newest === undefined ? {} : { newest }),
  });
  if (pipeline === undefined) throw new FleetError(diagnostics, 1);
  const outcomes: Outcome[] = [];
  const malformed = [...diagnostics];
  await feed.push(
    pipeline,
    (settled) => Promise.resolve(void outcomes.push(...settled)),
    (one) => malformed.push(one),
  );
  if (hasErrors(malformed)) throw new FleetError(malformed, 1);
  io.report(malformed);
  if (outcomes.length === 0) {
    const hint =
      "give --entries a file of `journalctl -o json`, and a configuration with a loki.source.journal";
    throw new FleetError(error("pipeline/no-source", "no entry went through the pipeline", { hint }), 1);
  }
  return countEntries(graph, outcomes);
}
