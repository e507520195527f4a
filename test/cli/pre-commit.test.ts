import { accessSync, constants, readFileSync } from "node:fs";
import t from "tap";
import { parse } from "yaml";
import { z } from "zod";
import { parseCommandLine } from "../../src/cli/parse.ts";
import { nixBindings } from "../../src/nix/index.ts";

const root = new URL("../../", import.meta.url);
const Hooks = z.array(z.object({ id: z.string(), entry: z.string(), language: z.string() }));

t.test("what the pre-commit framework calls is there, and fleet understands it", (t) => {
  const hooks = Hooks.parse(parse(readFileSync(new URL(".pre-commit-hooks.yaml", root), "utf8")));
  t.same(
    hooks.map(({ id }) => id),
    ["fleet-gate"],
  );
  for (const { entry, language } of hooks) {
    const [program = "", ...argv] = entry.split(" ");
    t.equal(language, "script", "an entry is a file of this repository");
    t.doesNotThrow(() => accessSync(new URL(program, root), constants.X_OK));
    t.match(parseCommandLine(argv, { out: () => undefined, columns: 80 }), {
      command: { name: "gate" },
      invocation: { options: { staged: true, changed: true } },
    });
  }
  t.end();
});

t.test("the snippet for git-hooks.nix asks what fleet's own hook asks", (t) => {
  const documentation = readFileSync(new URL("docs/gate.md", root), "utf8");
  const snippet = /```nix\n([^]*?)```/.exec(documentation)?.[1] ?? "";
  const values = new Map(
    nixBindings(snippet).map(({ path, value }) => [path.join("."), snippet.slice(value.start, value.end)]),
  );
  const hook = "hooks.fleet-gate";
  t.equal(values.get(`${hook}.enable`), "true");
  t.equal(values.get(`${hook}.pass_filenames`), "false", "fleet takes no names of files");
  t.equal(values.get(`${hook}.always_run`), "true");
  const [program, ...argv] = (values.get(`${hook}.entry`) ?? "").slice(1, -1).split(" ");
  t.equal(program, "fleet");
  t.match(parseCommandLine(argv, { out: () => undefined, columns: 80 }), {
    command: { name: "gate" },
    invocation: { options: { staged: true, changed: true } },
  });
  t.end();
});
