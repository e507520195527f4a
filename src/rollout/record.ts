import { createHash } from "node:crypto";
import { z } from "zod";

/** What is done to hosts, in the order in which it is; the last three are ways back and the end. */
export const STEPS = [
  "generate",
  "gate",
  "test",
  "commit",
  "deploy",
  "verify",
  "rollback",
  "revert",
  "retire",
] as const;

export type Step = (typeof STEPS)[number];

const fields = z.strictObject({
  /** 1 for the first record; no number is left out. */
  seq: z.int().min(1),
  /** ISO 8601, UTC. */
  time: z.iso.datetime({ precision: 3 }),
  /** The run of fleet that wrote it. */
  run: z.string().min(1),
  /** A step is begun before the first action outside of fleet, and done or failed after the last. */
  phase: z.enum(["begun", "done", "failed"]),
  step: z.enum(STEPS),
  /** 0 is the canary. */
  wave: z.int().min(0),
  hosts: z.array(z.string()).min(1).readonly(),
  /** The commit that is deployed, or was made. */
  commit: z.string().optional(),
  /** What the host runs after a deployment. */
  generation: z.string().optional(),
  /** What the host ran before. */
  previous: z.string().optional(),
  /** Of a commit that is begun: the SHA-256 of each file that it is to write, null for one that it removes. */
  files: z.record(z.string(), z.string().nullable()).optional(),
  /** Of a failure: why, in a sentence. */
  reason: z.string().optional(),
});

/** One line of the journal. */
export type JournalRecord = z.infer<typeof fields>;

/** A record before the journal gives it number and time. */
export type Event = Omit<JournalRecord, "seq" | "time" | "run">;

/** What the records of one step have in common. */
export type About = Omit<Event, "phase">;

/** What the first record's checksum continues. */
export const FIRST_SUM = "";

/** A record as a line, with a checksum that covers it and every line before it. */
export function recordLine(record: JournalRecord, previousSum: string): { line: string; sum: string } {
  const text = JSON.stringify(record);
  const sum = sumOf(text, previousSum);
  return { line: `${text.slice(0, -1)},"sum":"${sum}"}\n`, sum };
}

/** Why a line of a journal cannot be what fleet wrote there. */
export class NotARecord extends Error {
  override name = "NotARecord";
}

/**
 * Reads a line back.
 *
 * @param seq the number that the record must have
 * @throws NotARecord when the line, or one before it, was changed, added or taken away.
 */
export function readRecord(
  line: string,
  seq: number,
  previousSum: string,
): { record: JournalRecord; sum: string } {
  const [, text, sum] = /^(.*),"sum":"([0-9a-f]{32})"\}$/.exec(line) ?? [];
  if (text === undefined || sum === undefined) throw new NotARecord("it has no checksum");
  if (sum !== sumOf(`${text}}`, previousSum)) throw new NotARecord("its checksum is not that of its text");
  const parsed = fields.safeParse(JSON.parse(`${text}}`));
  if (!parsed.success) throw new NotARecord("another version of fleet wrote it");
  if (parsed.data.seq !== seq) throw new NotARecord(`record ${seq} is expected here`);
  return { record: parsed.data, sum };
}

function sumOf(text: string, previousSum: string): string {
  return createHash("sha256").update(`${previousSum}\n${text}`).digest("hex").slice(0, 32);
}
