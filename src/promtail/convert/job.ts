import {
  attribute,
  block,
  callOnLines,
  isIdentifier,
  sanitizeIdentifier,
  type Item,
  type Value,
} from "../../alloy/index.ts";
import { CONSUL_AGENT, DISCOVERIES, DOCKER } from "../discovery.ts";
import { httpItems } from "./http-client.ts";
import type { HttpClientConfig } from "../http-client.ts";
import type { Job, Promtail } from "../parse.ts";
import type { RelabelRule } from "../relabel.ts";
import { formatDuration, formatSize } from "../units.ts";
import type { YamlPath } from "../yaml.ts";
import type { Conversion } from "./conversion.ts";
import { put, putBlock, sorted } from "./items.ts";
import { reference, SOURCES } from "./sources/index.ts";
import { stageItems } from "./stages.ts";

/** The components of one job, in the order in which they are first needed. */
export function jobItems(
  job: Job,
  promtail: Promtail,
  receivers: readonly Value[],
  conversion: Conversion,
): Item[] {
  const label = jobLabel(job, conversion);
  return label === undefined ? [] : new JobConversion(job, label, promtail, receivers, conversion).items();
}

/** The label of a job's components. */
function jobLabel({ config, index }: Job, conversion: Conversion): string | undefined {
  const label = isIdentifier(config.job_name) ? config.job_name : sanitizeIdentifier(config.job_name);
  if (label === undefined) {
    conversion.refuse(
      "promtail/job-name",
      ["scrape_configs", index, "job_name"],
      `the job name ${JSON.stringify(config.job_name)} makes no Alloy label`,
      "rename the job",
    );
  }
  return label;
}

/** The n-th of several components with one label: `label`, `label_2`, `label_3`. */
export function numbered(label: string, index: number): string {
  return index === 0 ? label : `${label}_${index + 1}`;
}

class JobConversion {
  readonly #job: Job;
  readonly #label: string;
  readonly #promtail: Promtail;
  readonly #receivers: readonly Value[];
  readonly #conversion: Conversion;
  readonly #items: Item[] = [];
  readonly #targets: Value[] = [];
  #forwardTo: readonly Value[] | undefined;
  #relabelled: readonly Value[] | undefined;
  #hasRelabel = false;

  constructor(
    job: Job,
    label: string,
    promtail: Promtail,
    receivers: readonly Value[],
    conversion: Conversion,
  ) {
    this.#job = job;
    this.#label = label;
    this.#promtail = promtail;
    this.#receivers = receivers;
    this.#conversion = conversion;
  }

  items(): Item[] {
    this.#discoveries();
    this.#files();
    this.#sources();
    this.#docker();
    if (this.#items.length === 0) {
      this.#conversion.lose(
        this.#path(),
        `the job ${JSON.stringify(this.#job.config.job_name)} has no source and vanishes`,
        "give it a journal, static_configs or another source, or remove it",
      );
    }
    return this.#items;
  }

  #path(...rest: YamlPath): YamlPath {
    return ["scrape_configs", this.#job.index, ...rest];
  }

  #add(component: string, label: string, body: readonly Item[]): void {
    this.#items.push(block(component, label, body));
  }

  #discoveries(): void {
    const { config } = this.#job;
    const found: Value[] = [];
    const statics = this.#statics();
    for (const [key, discovery] of Object.entries(DISCOVERIES)) {
      const given = (config as unknown as Record<string, Record<string, unknown>[] | undefined>)[key] ?? [];
      for (const [at, one] of given.entries()) {
        const label = numbered(this.#label, at);
        this.#add(`discovery.${discovery.component}`, label, discovery.items(one));
        found.push(reference(`discovery.${discovery.component}`, label, "targets"));
        if (discovery.http) this.#refuseMaxVersion(key, at, one);
        if (key === "digitalocean_sd_configs") this.#refuseDigitalOcean(at, one);
      }
    }
    this.#targets.push(...found, ...(statics.length === 0 ? [] : [statics]));
    for (const [at, agent] of (config.consulagent_sd_configs ?? []).entries()) {
      const label = numbered(this.#label, at);
      this.#add("discovery.consulagent", label, CONSUL_AGENT.items(agent));
      this.#targets.push(reference("discovery.consulagent", label, "targets"));
    }
  }

  #refuseMaxVersion(key: string, at: number, config: Readonly<Record<string, unknown>>): void {
    const tls = config["tls_config"] as { max_version?: string } | undefined;
    if (tls?.max_version === undefined) return;
    this.#conversion.refuse(
      "promtail/unsupported",
      this.#path(key, at, "tls_config", "max_version"),
      "tls_config.max_version is not supported",
      "remove it",
    );
  }

  #refuseDigitalOcean(at: number, config: Record<string, unknown>): void {
    for (const key of [
      "basic_auth",
      "authorization",
      "bearer_token",
      "bearer_token_file",
      "oauth2",
      "tls_config",
    ]) {
      if (config[key] === undefined) continue;
      this.#conversion.refuse(
        "promtail/unsupported",
        this.#path("digitalocean_sd_configs", at, key),
        `the converter does not take ${key} of digitalocean_sd_configs`,
        "write the discovery.digitalocean component by hand",
      );
    }
  }

  /** Every target of every group, with the group's labels; a group without targets stands for this machine. */
  #statics(): Value[] {
    return (this.#job.config.static_configs ?? []).flatMap(({ targets = [], labels = {} }) =>
      (targets.length === 0 ? ["localhost"] : targets).map((address) =>
        sorted({ ...labels, __address__: address }),
      ),
    );
  }

  #files(): void {
    if (this.#targets.length === 0) return;
    const { config } = this.#job;
    const { target_config, positions, global } = this.#promtail.config;
    const watch = global?.file_watch_config;
    const forwardTo = this.#process();
    this.#relabel();
    const targets = this.#hasRelabel
      ? reference("discovery.relabel", this.#label, "output")
      : joined(this.#targets);
    const { decompression } = config;
    this.#add("loki.source.file", this.#label, [
      attribute("targets", targets),
      attribute("forward_to", forwardTo),
      ...put("encoding", config.encoding ?? "", ""),
      ...(decompression === undefined
        ? []
        : [
            block("decompression", undefined, [
              ...put("enabled", decompression.enabled ?? false),
              ...put("initial_delay", formatDuration(decompression.initial_delay ?? 0n), "0s"),
              ...put("format", decompression.format ?? ""),
            ]),
          ]),
      ...putBlock("file_watch", [
        ...put("min_poll_frequency", formatDuration(watch?.min_poll_frequency ?? 250_000_000n), "250ms"),
        ...put("max_poll_frequency", formatDuration(watch?.max_poll_frequency ?? 250_000_000n), "250ms"),
      ]),
      block("file_match", undefined, [
        attribute("enabled", true),
        ...put("sync_period", formatDuration(target_config?.sync_period ?? 10_000_000_000n), "10s"),
      ]),
      ...put("legacy_positions_file", positions?.filename ?? DEFAULT_POSITIONS, ""),
    ]);
  }

  #sources(): void {
    for (const { key, component, body } of SOURCES) {
      const config = this.#job.config[key];
      if (config === undefined) continue;
      const items = body({
        config,
        path: this.#path(key),
        conversion: this.#conversion,
        wiring: {
          forwardTo: () => this.#process(),
          rules: () => this.#rules(key === "journal" && this.#gainsJobLabel()),
          relabelled: () => this.#relabelComponent(),
        },
      });
      if (items === undefined) continue;
      this.#add(component, this.#label, [...items, ...(key === "journal" ? this.#legacyPosition() : [])]);
    }
  }

  /**
   * Up to 1.18 Alloy gives a journal a job label when it has none, and promtail does not. A rule takes it away
   * again, unless targets or other sources share the rules and would lose a label of their own.
   */
  #gainsJobLabel(): boolean {
    const { config } = this.#job;
    if (config.journal?.labels?.["job"] !== undefined) return false;
    const label = `loki.source.journal.${this.#label}`;
    const message = `the entries gain the label job=${JSON.stringify(label)}, which promtail does not set`;
    const alone =
      this.#targets.length === 0 &&
      SOURCES.every(({ key }) => key === "journal" || config[key] === undefined);
    if (alone) {
      this.#conversion.correct("promtail/changed", this.#path("journal"), message, [DROP_JOB]);
      return this.#conversion.faithful;
    }
    this.#conversion.warn(
      "promtail/changed",
      this.#path("journal"),
      message,
      "give the journal a job of its own, or the label that you want",
    );
    return false;
  }

  #legacyPosition(): readonly Item[] {
    const { options, faithful } = this.#conversion;
    const file = this.#promtail.config.positions?.filename ?? DEFAULT_POSITIONS;
    const path = this.#path("journal");
    const position = block("legacy_position", undefined, [
      attribute("file", file),
      attribute("name", this.#job.config.job_name),
    ]);
    if (!(options.legacyPositions ?? faithful)) {
      this.#conversion.lose(
        path,
        "the journal's cursor is not carried over: entries up to max_age old are sent again",
        `give the source legacy_position { file = ${JSON.stringify(file)} name = ${JSON.stringify(this.#job.config.job_name)} }, if Alloy may read the file`,
      );
      return [];
    }
    this.#conversion.warn(
      "promtail/positions-access",
      path,
      `Alloy takes the cursor from ${file} and refuses to start if the file is there and it may not read it`,
      "give Alloy's user access to the file, or remove it",
    );
    return [position];
  }

  #docker(): void {
    for (const [at, config] of (this.#job.config.docker_sd_configs ?? []).entries()) {
      const label = numbered(this.#label, at);
      this.#add("discovery.docker", label, DOCKER.items(config));
      this.#refuseMaxVersion("docker_sd_configs", at, config);
      const forwardTo = this.#process();
      const rules = this.#rules(false);
      const http = httpItems(config as HttpClientConfig);
      const { host, refresh_interval } = config as { host?: string; refresh_interval?: bigint };
      this.#add("loki.source.docker", label, [
        attribute("host", host ?? ""),
        attribute("targets", reference("discovery.docker", label, "targets")),
        attribute("forward_to", forwardTo),
        attribute("relabel_rules", rules),
        ...putBlock("http_client_config", http),
        ...put("refresh_interval", formatDuration(refresh_interval ?? 60_000_000_000n), "1m0s"),
      ]);
    }
  }

  /** What sources send to: loki.process when there are stages or limits, else the writers. */
  #process(): readonly Value[] {
    if (this.#forwardTo !== undefined) return this.#forwardTo;
    const { stages } = this.#job;
    const limits = limitItems(this.#promtail.config.limits_config);
    const given = this.#job.config.pipeline_stages ?? [];
    this.#forwardTo = this.#receivers;
    if (given.length > 0 || limits.length > 0) {
      this.#add("loki.process", this.#label, [
        attribute("forward_to", this.#receivers),
        ...limits,
        ...stageItems(stages, this.#conversion),
      ]);
      this.#forwardTo = [reference("loki.process", this.#label, "receiver")];
    }
    return this.#forwardTo;
  }

  /** discovery.relabel, which serves targets and, as rules, sources. */
  #relabel(first: readonly Item[] = []): void {
    const rules = this.#job.config.relabel_configs ?? [];
    if (this.#hasRelabel || rules.length + first.length === 0) return;
    this.#hasRelabel = true;
    this.#add("discovery.relabel", this.#label, [
      attribute("targets", joined(this.#targets)),
      ...first,
      ...rules.map(ruleItem),
    ]);
  }

  #rules(dropJob: boolean): Value {
    this.#relabel(dropJob ? [DROP_JOB] : []);
    return this.#hasRelabel ? reference("discovery.relabel", this.#label, "rules") : null;
  }

  /** loki.relabel, for sources that take no rules. */
  #relabelComponent(): readonly Value[] {
    const rules = this.#job.config.relabel_configs ?? [];
    if (rules.length === 0) return this.#process();
    if (this.#relabelled === undefined) {
      const forwardTo = this.#process();
      this.#add("loki.relabel", this.#label, [attribute("forward_to", forwardTo), ...rules.map(ruleItem)]);
      this.#relabelled = [reference("loki.relabel", this.#label, "receiver")];
    }
    return this.#relabelled;
  }
}

const DEFAULT_POSITIONS = "/var/log/positions.yaml";

/** Comes before the job's own rules, so that they can still set the label. */
const DROP_JOB = block("rule", undefined, [attribute("regex", "job"), attribute("action", "labeldrop")]);

/** Targets from several places as one list. */
function joined(targets: readonly Value[]): Value {
  const [only, another] = targets;
  if (only === undefined) return [];
  return another === undefined ? only : callOnLines("array.concat", ...targets);
}

function ruleItem(rule: RelabelRule): Item {
  return block("rule", undefined, [
    ...put("source_labels", rule.source_labels ?? [], []),
    ...put("separator", rule.separator ?? ";", ";"),
    ...put("regex", rule.regex ?? "(.*)", "(.*)"),
    ...put("modulus", rule.modulus ?? 0n, 0n),
    ...put("target_label", rule.target_label ?? "", ""),
    ...put("replacement", rule.replacement ?? "$1", "$1"),
    ...put("action", rule.action ?? "replace", "replace"),
  ]);
}

/** Promtail's limits for all pipelines, as the first stages of each. */
function limitItems(limits: Promtail["config"]["limits_config"]): Item[] {
  const size = limits?.max_line_size ?? 0n;
  return [
    ...(limits?.readline_rate_enabled === true
      ? [
          block("stage.limit", undefined, [
            ...put("rate", limits.readline_rate ?? 10_000),
            ...put("burst", limits.readline_burst ?? 10_000n),
            ...put("drop", limits.readline_rate_drop ?? true, false),
          ]),
        ]
      : []),
    ...(size === 0n
      ? []
      : limits?.max_line_size_truncate === true
        ? [block("stage.truncate", undefined, [block("rule", undefined, put("limit", formatSize(size)))])]
        : [block("stage.drop", undefined, put("longer_than", formatSize(size)))]),
  ];
}
