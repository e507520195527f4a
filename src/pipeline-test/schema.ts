import { z } from "zod";
import { ALLOY_VERSION } from "../alloy/index.ts";
import { parseInstant } from "../pipeline/index.ts";

/*
 * The shape of a test file. The names are those of the files that Alloy's own pipeline tests are written in;
 * `config_file`, `journal`, `journal_file`, `files`, `dropped`, `name`, `now`, `env` and `alloy_version` are added. A
 * message given to a check completes the sentence "expected ...".
 */

const texts = z.record(z.string(), z.string());

const instant = z
  .string()
  .refine((text) => parseInstant(text) !== undefined, "a time such as 2026-01-31T12:00:00Z");

const count = z.number().refine((value) => Number.isInteger(value) && value >= 0, "a number of entries");

/** `strict` is what early versions of Alloy's files call `exact`. */
const mapMatch = z.strictObject({
  mode: z.enum(["exact", "strict", "partial"]).default("exact"),
  values: texts.default({}),
});

const match = z.strictObject({
  labels: mapMatch.optional(),
  line: z.string().optional(),
  timestamp: instant.optional(),
  structured_metadata: mapMatch.optional(),
});

const sent = z.strictObject({
  type: z.enum(["count", "contains"]),
  count: count.optional(),
  match: match.default({}),
});

const dropped = z.strictObject({
  reason: z.string().optional(),
  at_stage: z.string().optional(),
  line: z.string().optional(),
  count: count.optional(),
});

const plainEntry = z.strictObject({
  labels: texts.default({}),
  line: z.string().default(""),
  timestamp: instant.optional(),
  structured_metadata: texts.default({}),
});

const bytes = z.array(z.number());
const fieldValue = z.union([z.string(), z.null(), bytes, z.array(z.union([z.string(), bytes]))], {
  error: "text (a number in quotes), a list of byte numbers or of texts, or null",
});

const inputs = z.strictObject({
  loki: z
    .array(
      z.strictObject({
        components: z.array(z.string()).min(1, "at least one component"),
        entries: z.array(plainEntry).default([]),
      }),
    )
    .default([]),
  files: z
    .array(
      z.strictObject({
        path: z.string().regex(/^\//, "an absolute path, as the machine has it"),
        lines: z.array(z.string()),
      }),
    )
    .default([]),
  journal: z.array(z.record(z.string(), fieldValue)).default([]),
  journal_file: z.string().optional(),
});

/** What a test file may hold. */
export const testSchema = z.strictObject({
  name: z.string().optional(),
  config: z
    .union([z.string(), z.strictObject({ path: z.string() })], {
      error: "the text of a configuration, or a mapping with its path",
    })
    .optional(),
  config_file: z.string().optional(),
  alloy_version: z
    .string()
    .regex(/^\d+\.\d+(\.\d+)?$/, "a version such as 1.18.1")
    .default(ALLOY_VERSION),
  now: instant.optional(),
  env: texts.default({}),
  inputs,
  assert: z.strictObject({ loki: z.array(sent).default([]), dropped: z.array(dropped).default([]) }),
});

export type TestData = z.infer<typeof testSchema>;
export type Match = z.infer<typeof match>;
export type MapMatch = z.infer<typeof mapMatch>;
export type SentAssertion = z.infer<typeof sent>;
export type DroppedAssertion = z.infer<typeof dropped>;
