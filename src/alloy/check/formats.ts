import { compile as compileJmesPath } from "@jmespath-community/jmespath";
import { RE2JS } from "re2js";
import type { Format } from "../catalogue/index.ts";
import type { CheckOptions } from "./context.ts";
import { selectorError } from "./selector.ts";
import { durationError, sizeError } from "../units.ts";

/** What is wrong with a text that has to be in `format`, or undefined when nothing is. */
export function formatError(format: Format, text: string, options: CheckOptions): string | undefined {
  switch (format) {
    case "duration":
      return durationError(text);
    case "size":
      return sizeError(text);
    case "regex":
      return regexError(text);
    case "selector":
      return selectorError(text);
    case "jmespath":
      // An empty expression means the key itself.
      return text === "" ? undefined : jmesPathError(text);
    case "template":
      return options.templateError?.(text);
    case "pattern":
      return patternError(text);
    case "location":
      return locationError(text);
    case "url":
      return urlError(text);
    case "time format":
      return undefined;
  }
}

function regexError(text: string): string | undefined {
  try {
    RE2JS.compile(text);
    return undefined;
  } catch (caught) {
    return `"${text}" is no RE2 expression: ${messageOf(caught)}`;
  }
}

function jmesPathError(text: string): string | undefined {
  try {
    compileJmesPath(text);
    return undefined;
  } catch (caught) {
    return `"${text}" is no JMESPath expression: ${messageOf(caught)}`;
  }
}

/** LogQL's pattern: text with `<name>` captures, at least one of them named, none beside another. */
function patternError(text: string): string | undefined {
  const captures = [...text.matchAll(/<([A-Za-z_][A-Za-z0-9_]*)>/g)];
  const names = captures.flatMap(([, name = ""]) => (name === "_" ? [] : [name]));
  if (names.length === 0) return `"${text}" captures nothing; write <name> for what is to be captured`;
  const twice = names.find((name, at) => names.indexOf(name) !== at);
  if (twice !== undefined) return `"${text}" captures ${twice} twice`;
  const beside = captures.some(
    (capture, at) => captures[at - 1]?.index === capture.index - (captures[at - 1]?.[0].length ?? 0),
  );
  return beside ? `"${text}" has two captures without text between them` : undefined;
}

function locationError(text: string): string | undefined {
  if (text === "" || text === "Local") return undefined;
  try {
    new Intl.DateTimeFormat("en", { timeZone: text });
    return undefined;
  } catch {
    return `"${text}" is no time zone of the IANA database`;
  }
}

function urlError(text: string): string | undefined {
  return /^[^\s:/?#]*:|^[/?#]|^$|^[^:]*$/.test(text) && !/%(?![0-9a-fA-F]{2})/.test(text)
    ? undefined
    : `"${text}" is no URL`;
}

function messageOf(caught: unknown): string {
  return caught instanceof Error ? caught.message : String(caught);
}
