import { existsSync, globSync, readFileSync, writeFileSync } from "node:fs";
import { basename } from "node:path";
import t from "tap";
import { CODES } from "../../src/diagnostics/index.ts";

const path = new URL("../../docs/errors.md", import.meta.url);
const explanations = new URL("../../docs/errors/", import.meta.url);

const intro = `# Diagnostics

Every diagnostic has a code, \`part/what-is-wrong\`. On a terminal it is printed with its place, the source line and a hint; with
\`--json\` it is an object with \`code\`, \`severity\`, \`message\`, \`file\`, \`line\`, \`column\`, \`span\` and \`hint\`. Codes are never reused
for another meaning.
`;

/** The document that the registry asks for: a table a part, codes in order, and where they are explained. */
function document(): string {
  const parts = Map.groupBy(Object.entries(CODES).sort(), ([code]) => code.split("/")[0] ?? code);
  const sections = [...parts].map(([part, codes]) => {
    const rows = codes.map(([code, title]) => `| \`${code}\` | ${title} |`);
    const explained = existsSync(new URL(`${part}.md`, explanations));
    const link = explained
      ? `Each is explained, with examples, in [errors/${part}.md](errors/${part}.md).\n\n`
      : "";
    return `## ${part}\n\n${link}| code | meaning |\n| --- | --- |\n${rows.join("\n")}\n`;
  });
  return [intro, ...sections].join("\n");
}

t.test("docs/errors.md lists every code with its meaning, and no other", (t) => {
  if (process.env["UPDATE_GOLDENS"]) writeFileSync(path, document());
  const squeeze = (text: string): string => text.replace(/ +/g, " ").replace(/-{3,}/g, "---");
  t.equal(squeeze(readFileSync(path, "utf8")), squeeze(document()), "UPDATE_GOLDENS=1 writes it anew");
  t.end();
});

t.test("a document of explanations has a section for every code of its part, in order, and no other", (t) => {
  const names = globSync("*.md", { cwd: explanations });
  t.ok(names.includes("alloy.md"));
  for (const name of names) {
    const headings = readFileSync(new URL(name, explanations), "utf8").matchAll(/^## (.*)$/gm);
    const codes = Object.keys(CODES).filter((code) => code.startsWith(`${basename(name, ".md")}/`));
    t.same(
      [...headings].map(([, heading]) => heading),
      codes.sort(),
    );
  }
  t.end();
});
