import { spawnSync } from "node:child_process";
import { readdirSync } from "node:fs";
import { join } from "node:path";
import t from "tap";

// Each file below test/fixtures/surface/tables is a table of [ actual expected ], evaluated by one Nix.
const SURFACE = join(import.meta.dirname, "../fixtures/surface");

for (const file of readdirSync(join(SURFACE, "tables"))) {
  t.test(`the embedded surface: ${file}`, (t) => {
    const table = join(SURFACE, "tables", file);
    const args = ["--store", "dummy://", "--eval", "--strict", "--json", "--show-trace"];
    const { stdout, stderr, status } = spawnSync(
      "nix-instantiate",
      [...args, join(SURFACE, "table.nix"), "--arg", "table", table],
      { encoding: "utf8" },
    );
    t.equal(status, 0, stderr.slice(0, 2000));
    const cases = Object.entries(JSON.parse(stdout) as Record<string, [unknown, unknown]>);
    t.ok(cases.length > 0);
    for (const [name, [actual, expected]] of cases) t.same(actual, expected, name);
    t.end();
  });
}
