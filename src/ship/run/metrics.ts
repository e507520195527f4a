/** The labels of a sample. */
export type Labels = Readonly<Record<string, string>>;

/** A number for each set of labels. */
export class Metric {
  readonly #samples = new Map<string, number>();

  add(labels: Labels, by = 1): void {
    const key = render(labels);
    this.#samples.set(key, (this.#samples.get(key) ?? 0) + by);
  }

  set(labels: Labels, value: number): void {
    this.#samples.set(render(labels), value);
  }

  /** The samples in Prometheus' text format. */
  text(name: string): string {
    return [...this.#samples].map(([labels, value]) => `${name}${labels} ${value}\n`).join("");
  }
}

/** Those of Alloy's own metrics that the embedded shipper keeps, under Alloy's names and with its help texts' meaning. */
const CATALOGUE = {
  alloy_config_last_load_successful: ["gauge", "1 when the newest load of the configuration succeeded"],
  alloy_config_load_failures_total: ["counter", "Loads of the configuration that failed"],
  loki_source_journal_target_lines_total: ["counter", "Journal entries read and handed on"],
  loki_source_journal_target_parsing_errors_total: ["counter", "Journal entries read and not handed on"],
  loki_source_file_read_lines_total: ["counter", "Lines read"],
  loki_process_dropped_lines_total: ["counter", "Entries that a stage dropped"],
  loki_write_sent_bytes_total: ["counter", "Bytes of requests that Loki accepted"],
  loki_write_sent_entries_total: ["counter", "Entries that Loki accepted"],
  loki_write_dropped_bytes_total: ["counter", "Bytes of requests that were given up"],
  loki_write_dropped_entries_total: ["counter", "Entries that were given up"],
  loki_write_batch_retries_total: ["counter", "Requests that had to be made again"],
} as const satisfies Record<string, readonly [type: "counter" | "gauge", help: string]>;

export type MetricName = keyof typeof CATALOGUE;

/** What the shipper counts. */
export class Metrics {
  readonly #metrics = new Map(Object.keys(CATALOGUE).map((name) => [name as MetricName, new Metric()]));

  get(name: MetricName): Metric {
    const metric = this.#metrics.get(name);
    if (metric === undefined) throw new TypeError(`${name} is no metric`);
    return metric;
  }

  /** All of them in Prometheus' text format. */
  text(): string {
    return [...this.#metrics]
      .map(([name, metric]) => {
        const [type, help] = CATALOGUE[name];
        return `# HELP ${name} ${help}\n# TYPE ${name} ${type}\n${metric.text(name)}`;
      })
      .join("");
  }
}

/** The labels that Alloy gives to every metric of a component. */
export function componentLabels(component: string): Labels {
  return { component_id: component, component_path: "/" };
}

function render(labels: Labels): string {
  const pairs = Object.entries(labels).sort(([a], [b]) => (a < b ? -1 : 1));
  const escaped = (value: string): string =>
    value.replace(/\\/g, "\\\\").replace(/"/g, '\\"').replace(/\n/g, "\\n");
  return pairs.length === 0
    ? ""
    : `{${pairs.map(([name, value]) => `${name}="${escaped(value)}"`).join(",")}}`;
}
