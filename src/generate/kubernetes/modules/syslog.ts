import { attribute, block, comment, object, raw, type Item } from "../../../alloy/index.ts";
import { nodeName, selector, whenNamed, type AlloyModule, type ModuleContext } from "../module.ts";

/** The node's journal. */
export const syslog: AlloyModule = {
  name: "syslog",
  title: "the node's journal",
  decide: (context) => whenNamed(context, "syslog", "always on: the system's logs"),
  statements: ({ logs }) => [
    block("loki.relabel", "syslog", [
      attribute("forward_to", []),
      rule({ from: "__journal__systemd_unit", to: "unit" }),
      comment("A scope's unit has a number or a hash of its own, and so would make a stream of its own."),
      rule({
        from: "unit",
        to: "unit",
        regex: "(session|run|cri-containerd|crio)-.+\\.scope",
        replacement: "$1.scope",
      }),
      rule({ from: "__journal_priority_keyword", to: "priority" }),
      comment("journalctl says err; only the journal's reader in Alloy says error."),
      rule({ from: "priority", to: "priority", regex: "error", replacement: "err" }),
      rule({ from: "__journal_syslog_identifier", to: "syslog_identifier" }),
    ]),
    block("loki.source.journal", "syslog", [
      attribute("path", "/var/log/journal"),
      attribute("max_age", "12h"),
      attribute(
        "labels",
        object([
          ["job", "syslog"],
          ["node", nodeName()],
        ]),
      ),
      attribute("relabel_rules", raw("loki.relabel.syslog.rules")),
      attribute("forward_to", logs),
    ]),
  ],
  queries: (context) =>
    context.loki.length === 0
      ? []
      : [
          {
            language: "logql",
            query: everything(context),
            shows: "everything that was logged",
          },
          {
            language: "logql",
            query: selector(context, "loki", 'unit="k3s.service"'),
            shows: "k3s, by its systemd unit",
            needs: "a node that runs k3s",
          },
          {
            language: "logql",
            query: selector(context, "loki", 'unit="docker.service"'),
            shows: "Docker, by its systemd unit",
            needs: "a node that runs Docker",
          },
          {
            language: "logql",
            query: `${everything(context)} | priority = "err"`,
            shows: "errors, by syslog priority",
            needs: "something that logged an error",
          },
          {
            language: "logql",
            query: selector(context, "loki", 'syslog_identifier="kernel"'),
            shows: "the kernel, by syslog identifier",
          },
        ],
};

/** A selector that selects by nothing is none, so that without a cluster label it is the journal alone. */
function everything(context: ModuleContext): string {
  const all = selector(context, "loki");
  return all === "{}" ? '{job="syslog"}' : all;
}

function rule({ from, to, regex, replacement }: Record<"from" | "to", string> & RuleChange): Item {
  return block("rule", undefined, [
    attribute("source_labels", [from]),
    ...(regex === undefined ? [] : [attribute("regex", regex)]),
    ...(replacement === undefined ? [] : [attribute("replacement", replacement)]),
    attribute("target_label", to),
  ]);
}

interface RuleChange {
  regex?: string;
  replacement?: string;
}
