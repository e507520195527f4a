import { attribute, block, call, comment, type Item } from "../../../alloy/index.ts";
import type { AlloyModule, Decision, ModuleContext } from "../module.ts";
import type { NamedRemote } from "../remotes.ts";

/** Where metrics and logs go: one component a remote, so that each has its labels and its queue. */
export const remotes: AlloyModule = {
  name: "remotes",
  title: "where metrics and logs go",
  decide,
  statements: ({ prometheus, loki }) => [
    ...prometheus.flatMap((remote) => writer("prometheus.remote_write", remote)),
    ...loki.flatMap((remote) => writer("loki.write", remote)),
  ],
  queries: ({ prometheus, has }) =>
    prometheus.length === 0 || !has("agent-metrics")
      ? []
      : [
          {
            language: "promql",
            query: "prometheus_remote_storage_samples_total",
            shows: "samples sent to each Prometheus remote",
          },
          {
            language: "promql",
            query: "prometheus_remote_storage_failed_samples_total",
            shows: "samples that a Prometheus remote refused for good",
          },
        ],
};

const KINDS = { prometheus: "Prometheus", loki: "Loki" } as const;

function decide({ prometheus, loki }: ModuleContext): Decision {
  const count = (remotes: readonly NamedRemote[], kind: string): string[] =>
    remotes.length === 0 ? [] : [`${kind} (${remotes.map(({ name }) => name).join(", ")})`];
  const named = [...count(prometheus, "Prometheus"), ...count(loki, "Loki")];
  return named.length === 0
    ? { included: false, why: "no remotes: nothing leaves the cluster" }
    : { included: true, why: `sends to ${named.join(" and ")}` };
}

function writer(component: string, remote: NamedRemote): Item[] {
  const { kind, name, label, labels, url, username, password } = remote;
  const authentication =
    username === undefined || password === undefined
      ? []
      : [
          block("basic_auth", undefined, [
            attribute("username", username),
            attribute("password", call("sys.env", password.variable)),
          ]),
        ];
  return [
    ...(label === name ? [] : [comment(`The ${KINDS[kind]} remote ${name}.`)]),
    block(component, label, [
      ...(labels.size === 0 ? [] : [attribute("external_labels", labels)]),
      block("endpoint", undefined, [attribute("url", url), ...authentication]),
    ]),
  ];
}
