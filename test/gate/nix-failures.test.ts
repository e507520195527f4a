import { cpSync, readdirSync, readFileSync, realpathSync } from "node:fs";
import { basename, join } from "node:path";
import t from "tap";
import { traceLines } from "../../src/cli/gate/trace.ts";
import { readFailure } from "../../src/gate/failure.ts";
import { parseFailure, Places } from "../../src/nix/index.ts";
import { matchGolden } from "../support/golden.ts";

const FIXTURES = join(import.meta.dirname, "../fixtures/nix-failures");

for (const version of ["2.8", "2.24"]) {
  for (const file of readdirSync(join(FIXTURES, version))) {
    const name = basename(file, ".txt");
    t.test(`${name} in an imported module, as Nix ${version} says it`, (t) => {
      const root = realpathSync(t.testdir());
      cpSync(join(FIXTURES, "repo"), root, { recursive: true });
      const stderr = readFileSync(join(FIXTURES, version, file), "utf8").replaceAll("/repo/", `${root}/`);
      const { diagnostics, trace = [] } = readFailure(
        parseFailure(stderr),
        [join(root, `${name}-host.nix`)],
        "26.05",
        new Places(root),
      );
      const said = diagnostics.map(
        ({ severity, code, message, span }) =>
          `${span?.file ?? "nowhere"}:${span?.start.line ?? 0}:${span?.start.column ?? 0}: ${severity}[${code}]: ${message}`,
      );
      matchGolden(
        t,
        `nix-failures/${version}/${name}.txt`,
        `${[...said, ...traceLines(trace, false)].join("\n")}\n`,
      );
      t.equal(traceLines(trace, true).length, trace.length, "the whole trace has every step");
      t.end();
    });
  }
}
