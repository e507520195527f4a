import { readFileSync } from "node:fs";
import { join } from "node:path";
import { Readable } from "node:stream";
import t from "tap";
import { main } from "../../src/cli/main.ts";
import { fleet } from "../support/fleet.ts";

const FLAGSHIP = join(import.meta.dirname, "../oracle/cases/flagship_journal");
const PROMTAIL = join(FLAGSHIP, "promtail.yaml");

/** `fleet convert` with this text on stdin. */
async function convertText(stdin: string): Promise<{ code: number; out: string; err: string }> {
  let out = "";
  let err = "";
  const code = await main(["convert", "-"], {
    stdout: { write: (text) => (out += text) },
    stderr: { write: (text) => (err += text) },
    stdin: Readable.from([stdin]),
  });
  return { code, out, err };
}

t.test("fleet convert prints the converter's text on stdout and the losses on stderr", async (t) => {
  const { code, out, err } = await fleet("convert", PROMTAIL);
  t.equal(code, 0);
  t.equal(out, readFileSync(join(FLAGSHIP, "converted.alloy"), "utf8"));
  t.match(err, /warning\[promtail\/lost\]: the journal's cursor is not carried over/);
});

t.test("fleet convert reads stdin, and JSON", async (t) => {
  const yaml = "clients: [{url: http://l, basic_auth: {username: u, password_file: /p}}]";
  const json = '{"clients":[{"url":"http://l","basic_auth":{"username":"u","password_file":"/p"}}]}';
  const [one, other] = [await convertText(yaml), await convertText(json)];
  t.match(one.out, /password_file = "\/p"/);
  t.equal(other.out, one.out);
});

t.test("a configuration that is refused is exit code 1, with its place and without text", async (t) => {
  const { code, out, err } = await convertText("clients:\n  - uri: http://l\n");
  t.equal(code, 1);
  t.equal(out, "");
  t.match(
    err,
    /<stdin>:2:5: error\[promtail\/unknown-key\]: clients\[0\] has no key "uri"\n2 \| {3}- uri: http:\/\/l\n/,
  );
});

t.test("a file that is not there is exit code 2", async (t) => {
  const { code, err } = await fleet("convert", "/nonexistent/promtail.yaml");
  t.equal(code, 2);
  t.match(
    err,
    /error\[cli\/unreadable\]: \/nonexistent\/promtail\.yaml cannot be read: there is no such file/,
  );
});

t.test("fleet convert -o and --report write files, and --json prints one document", async (t) => {
  const directory = t.testdir({});
  const [text, report] = [join(directory, "config.alloy"), join(directory, "report.txt")];
  const written = await fleet("convert", PROMTAIL, "-o", text, "--report", report);
  t.equal(written.out, "");
  t.equal(readFileSync(text, "utf8"), readFileSync(join(FLAGSHIP, "converted.alloy"), "utf8"));
  t.match(readFileSync(report, "utf8"), /warning\[promtail\/lost\]/);
  const json = JSON.parse((await fleet("convert", PROMTAIL, "--json")).out) as {
    ok: boolean;
    text: string;
  };
  t.equal(json.ok, true);
  t.match(json, { diagnostics: [{ code: "promtail/lost", severity: "warning", line: 6 }] });
});

t.test("options that make no sense are exit code 2", async (t) => {
  const wrong = await fleet("convert", PROMTAIL, "--password-env", "A B", "--alloy-version", "new");
  t.equal(wrong.code, 2);
  t.match(wrong.err, /takes the name of an environment variable; --alloy-version takes a version/);
  const unwritable = await fleet("convert", PROMTAIL, "-o", "/dev/null/config.alloy");
  t.equal(unwritable.code, 2);
  t.match(unwritable.err, /error\[cli\/unwritable\]/);
});
