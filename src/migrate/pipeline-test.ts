import { predictCorpus, type CorpusPredictions } from "../ship/index.ts";

/** The host and the time of the entries in a generated test: the same for all, so that the text is. */
const HOST = "example";
const NOW = 1_767_225_600_000_000n; // 2026-01-01T00:00:00Z

type Predicted = CorpusPredictions["entries"][number];

/**
 * A test for the pipeline of config.alloy, which stands beside it. What it expects is read from the Promtail
 * configuration, not from the pipeline: it goes on failing when the two part.
 *
 * @param configuration the Promtail configuration as plain data
 * @returns undefined where the Promtail configuration has a stage that cannot be predicted
 */
export function pipelineTest(configuration: unknown): string | undefined {
  const predicted = predictCorpus(configuration, HOST, NOW);
  if (predicted === undefined) return undefined;
  const { entries, drops } = predicted;
  const kept = entries.filter(({ arrives }) => arrives);
  const dropped = Array.from({ length: drops }, (_, at) => entries.filter(({ drop }) => drop === at).length);
  const lines = [
    "name: config.alloy makes of a journal what Promtail made of it",
    "config_file: config.alloy",
    "inputs:",
    "  journal:",
    ...entries.map(({ entry }) => `    - ${JSON.stringify(entry)}`),
    "assert:",
    "  loki:",
    `    - { type: count, count: ${kept.length} }`,
    ...kept.flatMap(sentAssertion),
    ...(drops === 0 ? [] : ["  dropped:"]),
    ...dropped.map((count, at) => `    - { at_stage: "stage.drop[${at}]", count: ${count} }`),
  ];
  return `${lines.join("\n")}\n`;
}

/** JSON is YAML too. A line that is the whole entry as JSON is not spelled out. */
function sentAssertion({ entry, labels, line }: Predicted): string[] {
  const time = Number(BigInt(String(entry["__REALTIME_TIMESTAMP"])) / 1000n);
  return [
    "    - type: contains",
    "      match:",
    `        labels: { mode: exact, values: ${JSON.stringify(labels)} }`,
    ...(line === undefined ? [] : [`        line: ${JSON.stringify(line)}`]),
    `        timestamp: "${new Date(time).toISOString().replace(".000Z", "Z")}"`,
  ];
}
