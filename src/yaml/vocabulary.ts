import type { z } from "zod";

/** How diagnostics speak of one kind of file. */
export interface Vocabulary {
  /** The part whose codes they have: `manifest/unknown-key`. */
  part: "manifest" | "test";
  /** The file as a whole: "the manifest". */
  whole: string;
  /** What to do about an empty one. */
  whenEmpty: string;
  /** What it may hold, for "did you mean". */
  schema: z.ZodType;
}
