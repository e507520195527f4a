import {
  blockSpec,
  bool,
  choice,
  duration,
  int,
  list,
  map,
  needed,
  notEmpty,
  number,
  optional,
  repeated,
  required,
  size,
  string,
  text,
  uint,
  type BlockSpec,
  type ChildSpec,
} from "./spec.ts";

const metricAttributes = {
  name: required(string),
  description: optional(string, '""'),
  source: optional(string),
  prefix: optional(string, '"loki_process_custom_"'),
  max_idle_duration: optional(duration, '"5m"'),
  value: optional(string, '""'),
} as const;

const metrics = blockSpec(
  {},
  {
    "metric.counter": repeated(
      blockSpec({
        ...metricAttributes,
        action: required(choice(["inc", "add"])),
        match_all: optional(bool, "false"),
        count_entry_bytes: optional(bool, "false"),
      }),
    ),
    "metric.gauge": repeated(
      blockSpec({ ...metricAttributes, action: required(choice(["set", "inc", "dec", "add", "sub"])) }),
    ),
    "metric.histogram": repeated(blockSpec({ ...metricAttributes, buckets: required(list(number)) })),
  },
);

const truncate = blockSpec(
  {},
  {
    rule: needed(
      repeated(
        blockSpec({
          limit: required(size),
          source_type: optional(
            choice(["line", "label", "structured_metadata", "extracted"], "validate"),
            '"line"',
          ),
          sources: optional(list(string), "[]"),
          suffix: optional(string, '""'),
        }),
      ),
    ),
  },
);

const windowsEvent = blockSpec({
  source: optional(string, '"message"'),
  drop_invalid_labels: optional(bool, "false"),
  overwrite_existing: optional(bool, "false"),
});

const labelValues = required(map(string));
const names = required(list(string));

const simpleStages: Readonly<Record<string, ChildSpec>> = {
  "stage.cri": repeated(
    blockSpec({
      max_partial_lines: optional(int, "100"),
      max_partial_line_size: optional(uint, "0"),
      max_partial_line_size_truncate: optional(bool, "false"),
    }),
  ),
  "stage.decolorize": repeated(blockSpec({})),
  "stage.docker": repeated(blockSpec({})),
  "stage.drop": repeated(
    blockSpec({
      source: optional(string, '""'),
      value: optional(string, '""'),
      expression: optional(text("regex"), '""'),
      separator: optional(string, '";"'),
      older_than: optional(duration),
      longer_than: optional(size),
      drop_counter_reason: optional(string, '"drop_stage"'),
    }),
  ),
  "stage.eventlogmessage": repeated(windowsEvent),
  "stage.geoip": repeated(
    blockSpec({
      db: required(notEmpty),
      source: required(notEmpty),
      db_type: optional(choice(["", "city", "asn", "country"]), '""'),
      custom_lookups: optional(map(string)),
    }),
  ),
  "stage.json": repeated(
    blockSpec({
      expressions: optional(map(text("jmespath"))),
      regex: optional(text("regex"), '""', "1.17"),
      source: optional(notEmpty),
      drop_malformed: optional(bool, "false"),
    }),
  ),
  "stage.label_drop": repeated(blockSpec({ values: names })),
  "stage.label_keep": repeated(blockSpec({ values: names })),
  "stage.labels": repeated(
    blockSpec({
      values: labelValues,
      source_type: optional(choice(["extracted", "structured_metadata"], "validate"), '"extracted"', "1.15"),
    }),
  ),
  "stage.limit": repeated(
    blockSpec({
      rate: required(number),
      burst: required(int),
      drop: optional(bool, "false"),
      by_label_name: optional(string, '""'),
      max_distinct_labels: optional(int, "0"),
    }),
  ),
  "stage.logfmt": repeated(
    blockSpec({
      mapping: optional(map(string)),
      regex: optional(text("regex"), '""', "1.17"),
      source: optional(string, '""'),
    }),
  ),
  "stage.luhn": repeated(
    blockSpec({
      replacement: optional(string, '"**REDACTED**"'),
      source: optional(notEmpty),
      min_length: optional(int, "13"),
      delimiters: optional(string, '""', "1.12"),
      skip_regex: optional(text("regex"), '""', "1.19"),
    }),
  ),
  "stage.metrics": repeated(metrics),
  "stage.multiline": repeated(
    blockSpec({
      firstline: required({ ...text("regex"), notEmpty: true }),
      max_lines: optional(uint, "128"),
      max_wait_time: optional(duration, '"3s"'),
      trim_newlines: optional(bool, "true", "1.12"),
    }),
  ),
  "stage.output": repeated(blockSpec({ source: required(notEmpty) })),
  "stage.pack": repeated(blockSpec({ labels: names, ingest_timestamp: optional(bool, "true") })),
  "stage.pattern": repeated(
    blockSpec({
      pattern: required({ ...text("pattern"), notEmpty: true }),
      source: optional(notEmpty),
      labels_from_groups: optional(bool, "false"),
    }),
    "1.11",
  ),
  "stage.regex": repeated(
    blockSpec({
      expression: required({ ...text("regex"), notEmpty: true }),
      source: optional(notEmpty),
      labels_from_groups: optional(bool, "false", "1.9"),
    }),
  ),
  "stage.replace": repeated(
    blockSpec({
      expression: required({ ...text("regex"), notEmpty: true }),
      source: optional(string, '""'),
      replace: optional(text("template"), '""'),
    }),
  ),
  "stage.sampling": repeated(
    blockSpec({ rate: required(number), drop_counter_reason: optional(string, '"sampling_stage"') }),
  ),
  "stage.split_json": repeated(blockSpec({ source: optional(notEmpty) }), "1.19"),
  "stage.static_labels": repeated(blockSpec({ values: labelValues })),
  "stage.structured_metadata": repeated(
    blockSpec({ values: optional(map(string)), regex: optional(text("regex"), '""', "1.12") }),
  ),
  "stage.structured_metadata_drop": repeated(blockSpec({ values: names }), "1.12"),
  "stage.template": repeated(
    blockSpec({ source: required(notEmpty), template: required(text("template", "validate")) }),
  ),
  "stage.tenant": repeated(
    blockSpec({
      label: optional(string, '""'),
      source: optional(string, '""'),
      value: optional(string, '""'),
    }),
  ),
  "stage.timestamp": repeated(
    blockSpec({
      source: required(notEmpty),
      format: required({ ...text("time format"), notEmpty: true }),
      fallback_formats: optional(list(string), "[]"),
      location: optional(text("location")),
      action_on_failure: optional(choice(["fudge", "skip"]), '"fudge"'),
      action_on_duplicate_timestamp: optional(choice(["fudge", "keep"]), '"fudge"', "1.17"),
    }),
  ),
  "stage.truncate": repeated(truncate, "1.12"),
  "stage.windowsevent": repeated(windowsEvent, "1.7"),
};

const matchAttributes = {
  selector: required({ ...text("selector"), notEmpty: true }),
  action: optional(choice(["keep", "drop"]), '"keep"'),
  drop_counter_reason: optional(string, '"match_stage"'),
  pipeline_name: optional(string, '""'),
} as const;

/** `stage.match` holds every stage, itself included. */
const match: BlockSpec = {
  attributes: matchAttributes,
  get blocks() {
    return stages;
  },
};

/** The stages of loki.process, in any order and number. */
export const stages: Readonly<Record<string, ChildSpec>> = {
  ...simpleStages,
  "stage.match": repeated(match),
};
