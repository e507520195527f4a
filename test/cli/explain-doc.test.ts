import { readFileSync, writeFileSync } from "node:fs";
import { join, relative } from "node:path";
import t from "tap";
import { fleet } from "../support/fleet.ts";

const ROOT = join(import.meta.dirname, "../..");
const DOCUMENT = join(ROOT, "docs/explain.md");
const CONSOLE = /(```console\n\$ [^\n]*\n)([^]*?)(```)/;

t.test("docs/explain.md shows what fleet explain prints", async (t) => {
  const path = (name: string): string => relative(process.cwd(), join(ROOT, name));
  const { code, out } = await fleet(
    "explain",
    ...["--config", path("test/golden/generate/example/config.alloy")],
    ...["--entries", path("test/fixtures/coredump.json"), "--stages"],
  );
  t.equal(code, 0);
  const text = readFileSync(DOCUMENT, "utf8");
  if (process.env["UPDATE_GOLDENS"]) {
    writeFileSync(
      DOCUMENT,
      text.replace(CONSOLE, (_, head: string, __, end: string) => head + out + end),
    );
  }
  t.equal(CONSOLE.exec(readFileSync(DOCUMENT, "utf8"))?.[2], out, "UPDATE_GOLDENS=1 writes it anew");
});
