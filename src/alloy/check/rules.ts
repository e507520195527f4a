import type { Expression } from "../ast.ts";
import { replaceValue } from "../edit.ts";
import { parseDuration, parseSize } from "../units.ts";
import type { BlockCheck } from "./block-check.ts";

/** Looks at the arguments of one block together. */
export type Rule = (block: BlockCheck) => void;

/**
 * The rules that `alloy run` applies when it builds a component, by the name of the block. `alloy validate`
 * applies none of them.
 */
const RULES: Readonly<Record<string, Rule>> = {
  rule: relabelRule,
  write_relabel_config: relabelRule,
  "stage.cri": (stage) => positive(stage, "max_partial_lines"),
  "stage.drop": drop,
  "stage.geoip": geoIp,
  "stage.json": (stage) => oneOf(stage, "expressions", "regex"),
  "stage.label_drop": (stage) => notEmptyList(stage, "values"),
  "stage.label_keep": (stage) => notEmptyList(stage, "values"),
  "stage.structured_metadata_drop": (stage) => notEmptyList(stage, "values"),
  "stage.limit": limit,
  "stage.logfmt": (stage) => oneOf(stage, "mapping", "regex"),
  "stage.match": match,
  "stage.multiline": (stage) => longerThanZero(stage, "max_wait_time"),
  "metric.counter": counter,
  "metric.gauge": idleDuration,
  "metric.histogram": idleDuration,
  "stage.sampling": sampling,
  "stage.tenant": tenant,
  basic_auth: (block) => exclusive(block, ["password", "password_file"]),
  authorization: (block) => exclusive(block, ["credentials", "credentials_file"]),
  oauth2: (block) => {
    exclusive(block, ["client_secret", "client_secret_file"]);
    proxy(block);
  },
  tls_config: tls,
  endpoint: httpClient,
  client: httpClient,
  http_client_config: httpClient,
  "discovery.kubernetes": httpClient,
  "local.file_match": (block) => longerThanZero(block, "sync_period"),
  "prometheus.scrape": httpClient,
  wal: (block) => {
    const least = durationOf(block.text("min_read_frequency"));
    const most = durationOf(block.text("max_read_frequency"));
    if (least !== undefined && most !== undefined && least >= most) {
      block.conflict("min_read_frequency must be shorter than max_read_frequency", "min_read_frequency");
    }
  },
};

/** The rule for a block of this name in a block `parent`. */
export function ruleFor(name: string, parent: string | undefined): Rule | undefined {
  if (name === "rule" && parent === "stage.truncate") return truncation;
  return Object.hasOwn(RULES, name) ? RULES[name] : undefined;
}

const NEEDS_TARGET = ["replace", "hashmod", "lowercase", "uppercase", "keepequal", "dropequal"];
const LABEL_TEMPLATE = /^(?:(?:[a-zA-Z_]|\$(?:\{\w+\}|\w+))+\w*)+$/;

function relabelRule(rule: BlockCheck): void {
  const action = rule.text("action");
  if (action === undefined) return;
  if (action === "hashmod" && rule.number("modulus") === 0) {
    rule.conflict("hashmod needs a modulus other than 0", "modulus");
  }
  if (NEEDS_TARGET.includes(action)) targetLabel(rule, action);
  if (action === "labelmap") {
    const replacement = rule.text("replacement");
    if (replacement !== undefined && !LABEL_TEMPLATE.test(replacement)) {
      rule.conflict(`"${replacement}" makes no label name for labelmap`, "replacement");
    }
  }
  const forbidden = forbiddenArguments(action).find((name) => rule.isGiven(name) && !isDefault(rule, name));
  if (forbidden !== undefined) rule.conflict(`${action} takes no ${forbidden}`, forbidden, "remove it");
}

function targetLabel(rule: BlockCheck, action: string): void {
  const label = rule.text("target_label");
  if (label === "") {
    rule.conflict(`${action} needs a target_label`);
  } else if (label?.includes("$") === true && (action !== "replace" || !LABEL_TEMPLATE.test(label))) {
    rule.conflict(
      `"${label}" makes no label name`,
      "target_label",
      "use letters, digits, underscores and groups: ${1}",
    );
  }
}

function forbiddenArguments(action: string): readonly string[] {
  switch (action) {
    case "labeldrop":
    case "labelkeep":
      return ["source_labels", "target_label", "modulus", "separator", "replacement"];
    case "keepequal":
    case "dropequal":
      return ["regex", "modulus", "separator", "replacement"];
    case "lowercase":
    case "uppercase":
      return ["replacement"];
    default:
      return [];
  }
}

const RULE_DEFAULTS: Readonly<Record<string, string>> = {
  regex: "(.*)",
  separator: ";",
  replacement: "$1",
  modulus: "0",
};

function isDefault(rule: BlockCheck, name: string): boolean {
  const text = rule.text(name);
  return name !== "source_labels" && text !== undefined && text === RULE_DEFAULTS[name];
}

function drop(stage: BlockCheck): void {
  const conditions = ["source", "expression", "older_than", "longer_than"];
  if (!conditions.some((name) => stage.isGiven(name))) {
    stage.conflict(
      "stage.drop has no condition",
      stage.isGiven("value") ? "value" : undefined,
      "give at least one of source, expression, older_than and longer_than",
    );
    return;
  }
  if (!stage.isGiven("value")) return;
  if (stage.isGiven("expression")) {
    stage.conflict("value and expression exclude each other", "value", "keep one of them");
  } else if (!stage.isGiven("source")) {
    stage.conflict("value needs a source to be compared with", "value", "add source = ...");
  }
}

function geoIp(stage: BlockCheck): void {
  if (!stage.isGiven("db_type") && !stage.isGiven("custom_lookups")) {
    stage.conflict("stage.geoip needs db_type or custom_lookups");
  }
}

function limit(stage: BlockCheck): void {
  positive(stage, "rate");
  positive(stage, "burst");
  if (stage.isGiven("by_label_name") && stage.bool("drop") === false) {
    stage.conflict("by_label_name works only with drop = true", "by_label_name", "add drop = true");
  }
}

function match(stage: BlockCheck): void {
  const action = stage.text("action");
  const nested = stage.block.body.find((statement) => statement.kind === "block");
  if (action === "keep" && nested === undefined) {
    stage.conflict(
      "stage.match needs at least one stage inside",
      undefined,
      'add one, or set action = "drop"',
    );
  } else if (action === "drop" && nested !== undefined) {
    stage.conflict('stage.match with action = "drop" takes no stages inside', "action", "remove them");
  }
}

function truncation(rule: BlockCheck): void {
  const limit = parseSize(rule.text("limit") ?? "");
  if (limit === undefined) return;
  const suffix = rule.text("suffix") ?? "";
  if (limit <= 0) rule.conflict("limit must be greater than 0", "limit");
  else if (suffix !== "" && limit <= new TextEncoder().encode(suffix).length) {
    rule.conflict("the suffix is no shorter than the limit", "suffix");
  }
  const sources = rule.attribute("sources")?.value;
  if (rule.text("source_type") === "line" && sources?.kind === "array" && sources.elements.length > 0) {
    rule.conflict('sources go only with another source_type than "line"', "sources");
  }
}

function counter(metric: BlockCheck): void {
  idleDuration(metric);
  const all = metric.bool("match_all");
  if (all === true && metric.isGiven("value")) metric.conflict("match_all takes no value", "value");
  if (metric.bool("count_entry_bytes") !== true) return;
  if (all === false || (metric.text("action") ?? "add") !== "add") {
    metric.conflict('count_entry_bytes needs match_all = true and action = "add"', "count_entry_bytes");
  }
}

const SECOND = 1_000_000_000n;

function idleDuration(metric: BlockCheck): void {
  const idle = durationOf(metric.text("max_idle_duration"));
  if (idle !== undefined && idle < SECOND) {
    tooShort(metric, "max_idle_duration", "at least 1s", idle);
  }
}

function sampling(stage: BlockCheck): void {
  const rate = stage.number("rate");
  if (rate !== undefined && stage.attribute("rate") !== undefined && !(rate >= 0 && rate <= 1)) {
    stage.conflict("the rate of stage.sampling lies between 0 and 1", "rate");
  }
}

function tenant(stage: BlockCheck): void {
  const given = ["label", "source", "value"].filter((name) => stage.isGiven(name));
  if (given.length === 0) stage.conflict("stage.tenant needs one of label, source and value");
  exclusive(stage, ["label", "source", "value"]);
}

function httpClient(block: BlockCheck): void {
  const credentials = [
    ...["bearer_token", "bearer_token_file"].filter((name) => block.isGiven(name)),
    ...["basic_auth", "authorization", "oauth2"].filter((name) => block.blocks(name).length > 0),
  ];
  const second = credentials[1];
  if (second !== undefined) {
    const at = block.attribute(second) ?? block.blocks(second)[0] ?? block.at();
    block.error("alloy/conflict", at, `${credentials.join(" and ")} exclude each other`, "keep one of them");
    block.refusedAtRun();
  }
  proxy(block);
}

function proxy(block: BlockCheck): void {
  const fromEnvironment = block.bool("proxy_from_environment") === true;
  const url = block.isGiven("proxy_url");
  const none = block.isGiven("no_proxy");
  if (fromEnvironment && (url || none)) {
    block.conflict("proxy_from_environment excludes proxy_url and no_proxy", "proxy_from_environment");
  } else if (none && !url) {
    block.conflict("no_proxy needs a proxy_url", "no_proxy");
  }
}

function tls(block: BlockCheck): void {
  exclusive(block, ["ca_pem", "ca_file"]);
  exclusive(block, ["cert_pem", "cert_file"]);
  exclusive(block, ["key_pem", "key_file"]);
  const certificate = block.isGiven("cert_pem") || block.isGiven("cert_file");
  const key = block.isGiven("key_pem") || block.isGiven("key_file");
  if (certificate !== key) block.conflict("a certificate and its key go together");
}

// What several rules ask.

function exclusive(block: BlockCheck, names: readonly string[]): void {
  const [, second, ...others] = names.filter((name) => block.isGiven(name));
  if (second === undefined) return;
  block.conflict(
    `${names.join(", ").replace(/, ([^,]*)$/, " and $1")} exclude each other`,
    others.at(-1) ?? second,
    "keep one of them",
  );
}

function oneOf(block: BlockCheck, map: string, text: string): void {
  const entries = block.attribute(map)?.value;
  if (!isEmptyObject(entries) || block.isGiven(text)) return;
  block.conflict(`one of ${map} and ${text} has to be given`, map);
}

/** True for an object without fields, and for none at all. */
function isEmptyObject(expression: Expression | undefined): boolean {
  if (expression === undefined || (expression.kind === "literal" && expression.type === "null")) return true;
  return expression.kind === "object" && expression.fields.length === 0;
}

function notEmptyList(block: BlockCheck, name: string): void {
  const value = block.attribute(name)?.value;
  if (value?.kind === "array" && value.elements.length === 0)
    block.conflict(`${name} must not be empty`, name);
}

function positive(block: BlockCheck, name: string): void {
  const value = block.attribute(name) === undefined ? undefined : block.number(name);
  if (value !== undefined && !(value > 0)) block.conflict(`${name} must be greater than 0`, name);
}

function longerThanZero(block: BlockCheck, name: string): void {
  const length = durationOf(block.text(name));
  if (length !== undefined && length <= 0n) tooShort(block, name, "longer than 0", length);
}

/** Zero stands where nothing was chosen, as `alloy convert` writes it, so that the default mends it. */
function tooShort(block: BlockCheck, name: string, wanted: string, length: bigint): void {
  const attribute = block.attribute(name);
  const source = block.defaultSource(name);
  const hint = source === undefined ? undefined : `the default is ${source}`;
  const fix =
    length === 0n && attribute !== undefined && source !== undefined
      ? { title: `set ${name} to its default, ${source}`, edits: [replaceValue(attribute, source)] }
      : undefined;
  block.conflict(`${name} must be ${wanted}`, name, hint, fix);
}

/** Nanoseconds of a duration, as far as it is known. */
function durationOf(text: string | undefined): bigint | undefined {
  return text === undefined ? undefined : parseDuration(text);
}
