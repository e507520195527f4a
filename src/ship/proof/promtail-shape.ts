import { z } from "zod";

const text = z.union([z.string(), z.number(), z.boolean()]).transform(String);
/** A map of names to text; null counts as empty. */
export const texts = z.record(
  z.string(),
  z.preprocess((value) => value ?? "", text),
);

const relabel = z.object({
  source_labels: z.array(z.string()).default([]),
  target_label: z.string().optional(),
  regex: z.string().optional(),
  replacement: z.string().optional(),
  action: z.string().default("replace"),
});

const journalScrape = z.object({
  journal: z.object({
    json: z.boolean().default(false),
    max_age: z.string().default("7h"),
    matches: z.string().default(""),
    labels: texts.default({}),
  }),
  relabel_configs: z.array(relabel).default([]),
  pipeline_stages: z.array(z.record(z.string(), z.unknown())).default([]),
});

const configuration = z.object({
  clients: z.array(z.object({ external_labels: texts.default({}) })).min(1),
  scrape_configs: z.array(z.unknown()),
});

/** The parts of a promtail scrape that the proof of a journal pipeline reads. */
export type JournalScrape = z.infer<typeof journalScrape>;
export type Relabel = z.infer<typeof relabel>;

/** What the proof reads of a promtail configuration. */
export interface PromtailShape {
  /** Labels that each client adds to entries that do not have them. */
  externalLabels: readonly Readonly<Record<string, string>>[];
  scrapes: readonly JournalScrape[];
  /** How many scrapes read something else than a journal. */
  others: number;
}

/** The shape of a promtail configuration, given as plain data (JSON or parsed YAML); no scrapes when it is none. */
export function promtailShape(config: unknown): PromtailShape {
  const { data } = configuration.safeParse(config);
  if (data === undefined) return { externalLabels: [], scrapes: [], others: 0 };
  const scrapes = data.scrape_configs.flatMap((scrape) => {
    const read = journalScrape.safeParse(scrape);
    return read.success ? [read.data] : [];
  });
  const others = data.scrape_configs.length - scrapes.length;
  return { externalLabels: data.clients.map((client) => client.external_labels), scrapes, others };
}

const MICROSECONDS: Readonly<Record<string, number>> = {
  h: 3_600_000_000,
  m: 60_000_000,
  s: 1_000_000,
  ms: 1000,
};

/** Microseconds of a scrape's max_age (a Go duration such as `12h` or `1h30m`); Promtail's 7 h where it is unreadable. */
export function maxAge({ journal }: JournalScrape): bigint {
  const parts = [...journal.max_age.matchAll(/(\d+(?:\.\d+)?)(ms|[hms])/g)];
  const total = parts.reduce(
    (sum, [, count, unit]) => sum + Number(count) * (MICROSECONDS[unit ?? ""] ?? 0),
    0,
  );
  return BigInt(Math.round(total > 0 ? total : 7 * 3_600_000_000));
}
