import { readFileSync, writeFileSync } from "node:fs";
import t from "tap";
import { manifestJsonSchema } from "../../src/manifest/index.ts";

const file = new URL("../../docs/manifest.md", import.meta.url);
const HEADING = "## Every key\n";

interface Schema {
  description?: string;
  default?: unknown;
  enum?: unknown[];
  items?: Schema;
  propertyNames?: Schema;
  required?: string[];
  properties?: Record<string, Schema>;
  additionalProperties?: Schema | false;
}

/** A table row for each key below `schema`. */
function rows(schema: Schema, path: readonly string[]): string[] {
  const named = Object.entries(schema.properties ?? {}).flatMap(([key, value]) => {
    const required = schema.required?.includes(key) === true;
    return [row([...path, key], value, required), ...rows(value, [...path, key])];
  });
  const { additionalProperties: any } = schema;
  return typeof any === "object" ? [...named, ...rows(any, [...path, "NAME"])] : named;
}

function row(
  path: readonly string[],
  { description, default: value, items, ...schema }: Schema,
  required: boolean,
): string {
  const choices = (schema.enum ?? items?.enum ?? schema.propertyNames?.enum)
    ?.map((choice) => `\`${String(choice)}\``)
    .join(", ");
  const plain = value === undefined || JSON.stringify(value) === "{}" || JSON.stringify(value) === "[]";
  const fallback = required ? "required" : plain ? "" : `\`${JSON.stringify(value)}\``;
  if (description === undefined) throw new Error(`${path.join(".")} has no description`);
  return `| \`${path.join(".")}\` | ${fallback} | ${description}${choices === undefined ? "" : ` One of ${choices}.`} |`;
}

t.test("docs/manifest.md lists every key of the schema, with what it means", (t) => {
  const table = [
    "",
    "| key | default | meaning |",
    "| --- | --- | --- |",
    ...rows(manifestJsonSchema(), []),
    "",
  ].join("\n");
  const text = readFileSync(file, "utf8");
  const from = text.indexOf(HEADING) + HEADING.length;
  if (process.env["UPDATE_GOLDENS"]) writeFileSync(file, text.slice(0, from) + table);
  const squeeze = (part: string): string => part.replace(/ +/g, " ").replace(/-{3,}/g, "---");
  const found = readFileSync(file, "utf8").slice(from);
  t.equal(squeeze(found), squeeze(table), "UPDATE_GOLDENS=1 writes it anew");
  t.end();
});
