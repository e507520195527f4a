import { z } from "zod";
import { parseDuration } from "../manifest/index.ts";

/** A duration such as 90s or 5m on the command line, in seconds. */
export const seconds = z.string().transform((text, context) => {
  const milliseconds = parseDuration(text);
  if (milliseconds !== undefined && milliseconds >= 1000) return milliseconds / 1000;
  context.addIssue({ code: "custom", message: "must be a duration such as 90s or 5m" });
  return z.NEVER;
});
