import { RE2JS } from "re2js";
import { parse } from "yaml";
import { z } from "zod";
import { error, type Diagnostic } from "../diagnostics/index.ts";

/** Says which age recipients a new file at a path is encrypted to; undefined when no rule covers it. */
export type RecipientsFor = (path: string) => readonly string[] | undefined;

const AgeKeys = z.union([z.string(), z.array(z.string())]).nullish();

const Config = z.object({
  creation_rules: z
    .array(
      z.object({
        path_regex: z.string().nullish(),
        age: AgeKeys,
        key_groups: z.array(z.object({ age: AgeKeys })).nullish(),
      }),
    )
    .nullish(),
});

/**
 * Reads .sops.yaml. As in sops, the first rule whose `path_regex` is found in the path counts, and a rule without
 * one covers every path.
 *
 * @param text undefined when there is no such file: then no path is covered
 */
export function readCreationRules(file: string, text: string | undefined): RecipientsFor | Diagnostic {
  if (text === undefined) return () => undefined;
  try {
    const rules = (Config.parse(parse(text) ?? {}).creation_rules ?? []).map((rule) => {
      const pattern = rule.path_regex ? RE2JS.compile(rule.path_regex) : undefined;
      const groups = [rule.age, ...(rule.key_groups ?? []).map((group) => group.age)];
      return { pattern, recipients: groups.flatMap(ageKeys) };
    });
    return (path) => rules.find(({ pattern }) => pattern?.matcher(path).find() ?? true)?.recipients;
  } catch (caught) {
    const reason = caught instanceof z.ZodError ? z.prettifyError(caught) : String(caught);
    return error("secrets/bad-rules", `${file} cannot be read: ${reason}`, {
      hint: "see https://getsops.io/docs",
    });
  }
}

/** A list, or one text with commas. */
function ageKeys(keys: z.output<typeof AgeKeys>): string[] {
  const list = typeof keys === "string" ? keys.split(",") : (keys ?? []);
  return list.map((key) => key.trim()).filter((key) => key !== "");
}
