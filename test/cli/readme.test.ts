import { readFileSync, writeFileSync } from "node:fs";
import t from "tap";
import { COMMANDS } from "../../src/cli/commands.ts";

const path = new URL("../../README.md", import.meta.url);

/** The README's table as the command table asks for it. */
function table(): string {
  const rows = COMMANDS.map(
    ({ name, summary, json }) => `| \`fleet ${name}\` | ${summary} | ${json === true ? "`--json`" : ""} |`,
  );
  return ["| command | what it does | |", "|---|---|---|", ...rows].join("\n");
}

t.test("the README's table has every command", (t) => {
  const section = /## Commands\n\n[^]*?\n\n/;
  const readme = readFileSync(path, "utf8");
  if (process.env["UPDATE_GOLDENS"])
    writeFileSync(path, readme.replace(section, `## Commands\n\n${table()}\n\n`));
  const squeeze = (text: string): string =>
    text
      .replace(/ +/g, " ")
      .replace(/-{3,}/g, "---")
      .replace(/ ?\| ?/g, "|");
  const found = section.exec(readFileSync(path, "utf8"))?.[0] ?? "";
  t.equal(squeeze(found), squeeze(`## Commands\n\n${table()}\n\n`), "UPDATE_GOLDENS=1 writes it anew");
  t.end();
});
