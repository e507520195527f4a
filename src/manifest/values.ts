import { z } from "zod";
import { parseDuration } from "./duration.ts";

/* Values that several parts of fleet.yaml have. */

export const url = z
  .string()
  .regex(/^https?:\/\/[^\s/?#]+\S*$/, { error: "an http or https URL", abort: true })
  .refine((text) => URL.canParse(text), "an http or https URL");

export const duration = z
  .string()
  .refine((text) => parseDuration(text) !== undefined, "a duration such as 90s, 5m or 1h30m");
