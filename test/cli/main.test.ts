import t from "tap";
import { COMMANDS } from "../../src/cli/commands.ts";
import { main } from "../../src/cli/main.ts";

/** Runs a command line in this process, with streams of its own. */
async function fleet(...argv: string[]): Promise<{ code: number; out: string; err: string }> {
  let out = "";
  let err = "";
  const code = await main(argv, {
    stdout: { write: (text) => (out += text) },
    stderr: { write: (text) => (err += text) },
    stdin: (async function* () {})(),
  });
  return { code, out, err };
}

t.test("--version prints the version alone", async (t) => {
  const { code, out, err } = await fleet("--version");
  t.equal(code, 0);
  t.match(out, /^\d+\.\d+\.\d+\n$/);
  t.equal(err, "");
});

t.test("a wrong command line is exit code 2, a diagnostic and a hint, and nothing on stdout", async (t) => {
  const { code, out, err } = await fleet("frobnicate");
  t.equal(code, 2);
  t.equal(out, "");
  t.match(err, /error\[cli\/usage\]: unknown command 'frobnicate'/);
  t.match(err, /hint: fleet --help/);
});

t.test("with --json a failure is one JSON document on stdout", async (t) => {
  const { code, out } = await fleet("frobnicate", "--json");
  t.equal(code, 2);
  t.match(JSON.parse(out), { ok: false, diagnostics: [{ code: "cli/usage", severity: "error" }] });
});

for (const { name, summary, examples } of COMMANDS) {
  t.test(`fleet ${name} --help tells what it is for, with examples, within 110 columns`, async (t) => {
    const { code, out } = await fleet(...name.split(" "), "--help");
    t.equal(code, 0);
    t.ok(out.replace(/\s+/g, " ").includes(summary));
    t.ok(examples.length > 0);
    for (const [line] of examples) t.ok(out.includes(line));
    t.same(
      out.split("\n").filter((line) => line.length > 110),
      [],
    );
  });
}
