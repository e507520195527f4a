import { chmod, lstat, mkdir, readdir, readFile, stat, symlink, writeFile } from "node:fs/promises";
import { join } from "node:path";
import t, { type Test } from "tap";
import { main } from "../../src/cli/main.ts";
import { fleet } from "../support/fleet.ts";

const odd = 'logging {\nlevel="info"\n}\n';
const canonical = 'logging {\n\tlevel = "info"\n}\n';

/** A directory with one file of this text. */
async function fileWith(t: Test, text: string | Uint8Array): Promise<string> {
  const path = join(t.testdir(), "config.alloy");
  await writeFile(path, text);
  return path;
}

t.test("fleet fmt prints the canonical form and leaves the file alone", async (t) => {
  const path = await fileWith(t, odd);
  t.same(await fleet("fmt", path), { code: 0, out: canonical, err: "" });
  t.equal(await readFile(path, "utf8"), odd);
});

t.test("fleet fmt reads standard input without a file, and for -", async (t) => {
  for (const argv of [["fmt"], ["fmt", "-"]]) {
    let out = "";
    const code = await main(argv, {
      stdout: { write: (text) => (out += text) },
      stderr: { write: () => undefined },
      stdin: (async function* () {
        yield await Promise.resolve(odd);
      })(),
    });
    t.same({ code, out }, { code: 0, out: canonical });
  }
});

t.test("fleet fmt -t exits 1 at the first line that would change, and changes nothing", async (t) => {
  const path = await fileWith(t, odd);
  const { code, out, err } = await fleet("fmt", "-t", path);
  t.same({ code, out }, { code: 1, out: "" });
  t.match(err, `${path}:2:1: error[alloy/not-formatted]`);
  t.equal(await readFile(path, "utf8"), odd);
  await writeFile(path, canonical);
  t.same(await fleet("fmt", "-t", path), { code: 0, out: "", err: "" });
});

t.test("fleet fmt -w keeps mode and links, and leaves nothing else behind", async (t) => {
  const path = await fileWith(t, odd);
  await chmod(path, 0o640);
  const link = join(t.testdirName, "link.alloy");
  await symlink("config.alloy", link);
  const { code, out } = await fleet("fmt", "-w", link);
  t.same({ code, out }, { code: 0, out: "" });
  t.equal(await readFile(path, "utf8"), canonical);
  t.equal((await stat(path)).mode & 0o777, 0o640);
  t.ok((await lstat(link)).isSymbolicLink());
  t.same((await readdir(t.testdirName)).sort(), ["config.alloy", "link.alloy"]);
});

t.test("fleet fmt -w writes no file when one of them has an error", async (t) => {
  const path = await fileWith(t, odd);
  const broken = join(t.testdirName, "broken.alloy");
  await writeFile(broken, "logging {\n\tlevel: 1\n}\n");
  const { code, err } = await fleet("fmt", "-w", path, broken);
  t.equal(code, 1);
  t.match(err, `${broken}:2:7: error[alloy/syntax]`);
  t.equal(await readFile(path, "utf8"), odd);
});

t.test("fleet fmt -w writes a file that is named in several ways once", async (t) => {
  const path = await fileWith(t, odd);
  await symlink("config.alloy", join(t.testdirName, "link.alloy"));
  const names = [path, `${t.testdirName}/./config.alloy`, join(t.testdirName, "link.alloy")];
  t.same(await fleet("fmt", "-w", ...names), { code: 0, out: "", err: `formatted ${path}\n` });
  t.equal(await readFile(path, "utf8"), canonical);
});

t.test("fleet fmt leaves a file alone whose canonical form could not be read again", async (t) => {
  const spoilt = "logging {\n\tlevel = f(1, // c\n\t) + 1\n}\n";
  const path = await fileWith(t, spoilt);
  for (const argv of [["-w"], ["-t"], []]) {
    const { code, out, err } = await fleet("fmt", ...argv, path);
    t.same({ code, out }, { code: 1, out: "" });
    t.match(err, `${path}:2:15: error[alloy/unprintable]`);
  }
  t.equal(await readFile(path, "utf8"), spoilt);
});

t.test("fleet fmt refuses what it could only spoil: bytes that are no UTF-8", async (t) => {
  const bytes = Uint8Array.from([...Buffer.from('a = "'), 0xff, ...Buffer.from('"\n')]);
  const path = await fileWith(t, bytes);
  const { code, err } = await fleet("fmt", "-w", path);
  t.equal(code, 1);
  t.match(err, `${path}:1:6: error[alloy/encoding]`);
  t.same(new Uint8Array(await readFile(path)), bytes);
});

t.test("fleet fmt exits 2 for options that exclude each other and files that are not there", async (t) => {
  const path = await fileWith(t, odd);
  for (const argv of [["-t", "-w", path], ["-w", "-"], [path, path], [join(path, "none")], [t.testdirName]]) {
    const { code, out } = await fleet("fmt", ...argv);
    t.same({ code, out }, { code: 2, out: "" }, argv.join(" "));
  }
});

t.test("fleet fmt --json prints one document", async (t) => {
  const path = await fileWith(t, odd);
  const { code, out, err } = await fleet("fmt", "--json", path);
  t.same({ code, err }, { code: 0, err: "" });
  t.same(JSON.parse(out), {
    ok: true,
    files: [{ file: path, changed: true, text: canonical }],
    diagnostics: [],
  });
});

t.test("fleet validate accepts a good configuration and names every error of a bad one", async (t) => {
  const path = await fileWith(t, canonical);
  t.match(await fleet("validate", path), { code: 0, out: "", err: "1 file is valid" });
  await writeFile(path, 'logging {\n\tlevel = "verbose"\n\tcolour = true\n}\n');
  const { code, out, err } = await fleet("validate", path);
  t.same({ code, out }, { code: 1, out: "" });
  t.match(err, `${path}:2:10: error[alloy/wrong-value]`);
  t.match(err, `${path}:3:2: error[alloy/unknown-attribute]`);
});

t.test("fleet validate takes the files of a directory together", async (t) => {
  const directory = t.testdir({
    "a.alloy": 'loki.process "p" {\n\tforward_to = [loki.echo.e.receiver]\n}\n',
    "b.alloy": 'loki.echo "e" { }\n',
    "notes.txt": "not read",
  });
  t.match(await fleet("validate", directory), { code: 0, err: "2 files are valid" });
  t.match(await fleet("validate", join(directory, "a.alloy")), { code: 1, err: /error\[alloy\/undefined\]/ });
  await mkdir(join(directory, "empty"));
  t.match(await fleet("validate", join(directory, "empty")), { code: 2, err: /cli\/unreadable/ });
});

t.test("fleet validate exits 0 for warnings, and knows what a release lacks", async (t) => {
  const path = await fileWith(
    t,
    'loki.source.gelf "g" {\n\tforward_to = [loki.process.p.receiver]\n}\n\nloki.process "p" {\n\tforward_to = []\n\n\tstage.replace {\n\t\texpression = "a"\n\t}\n\n\tstage.split_json { }\n}\n',
  );
  const old = await fleet("validate", "--json", path);
  t.equal(old.code, 1);
  t.match(JSON.parse(old.out), {
    ok: false,
    alloyVersion: "1.18.1",
    files: [path],
    diagnostics: [
      { code: "alloy/no-capture-group", severity: "warning", line: 9, column: 16 },
      { code: "alloy/too-new", severity: "error", line: 12, column: 2 },
    ],
  });
  const newer = await fleet("validate", "--alloy-version", "v1.19.2", path);
  t.match(newer, { code: 0, err: /warning\[alloy\/no-capture-group\]/ });
  t.match(await fleet("validate", "--alloy-version", "new", path), { code: 2, err: /cli\/usage/ });
});

const mendable = '// odd\nlogging {\n  level=env("LEVEL") // stays\n}\n';

t.test("fleet validate --fix mends what is beyond doubt, says so and leaves every other byte", async (t) => {
  const path = await fileWith(t, mendable);
  await chmod(path, 0o640);
  const { code, out, err } = await fleet("validate", "--fix", path);
  t.same({ code, out }, { code: 0, out: "" });
  t.match(err, `${path}:3:9: fixed[alloy/deprecated]: wrote sys.env for env\n1 file is valid`);
  t.equal(await readFile(path, "utf8"), mendable.replace("env(", "sys.env("));
  t.equal((await stat(path)).mode & 0o777, 0o640);
  t.same(await readdir(t.testdirName), ["config.alloy"]);
  t.same(await fleet("validate", "--fix", path), { code: 0, out: "", err: "1 file is valid\n" });
});

t.test("fleet validate --fix --json lists what it mended and what is left", async (t) => {
  const path = await fileWith(t, `${mendable}tracing {\n\tcolour = true\n}\n`);
  const { code, out } = await fleet("validate", "--fix", "--json", path);
  t.equal(code, 1);
  t.match(JSON.parse(out), {
    ok: false,
    fixed: [{ code: "alloy/deprecated", file: path, line: 3, fix: { title: "wrote sys.env for env" } }],
    diagnostics: [{ code: "alloy/unknown-attribute", line: 6 }],
  });
});

t.test("fleet validate --fix writes no file when one of them has a syntax error", async (t) => {
  const path = await fileWith(t, mendable);
  const broken = join(t.testdirName, "broken.alloy");
  await writeFile(broken, "logging {\n\tlevel: 1\n}\n");
  const { code, err } = await fleet("validate", "--fix", path, broken);
  t.equal(code, 1);
  t.match(err, `${broken}:2:7: error[alloy/syntax]`);
  t.equal(await readFile(path, "utf8"), mendable);
  t.match(await fleet("validate", "--fix", "-"), { code: 2, err: /cli\/usage/ });
});

t.test("fleet validate --fix mends a file that is named in several ways once", async (t) => {
  const path = await fileWith(t, mendable);
  const link = join(t.testdirName, "link.alloy");
  await symlink("config.alloy", link);
  const { code, err } = await fleet("validate", "--fix", path, `${t.testdirName}/./config.alloy`, link);
  t.equal(code, 0);
  t.equal([...err.matchAll(/fixed\[/g)].length, 1);
  t.equal(await readFile(path, "utf8"), mendable.replace("env(", "sys.env("));
});

t.test("fleet validate takes the release that all channels of the manifest have", async (t) => {
  const manifest = (second: string): string =>
    `version: 1\nloki: { url: "https://l/push" }\nchannels:\n  "25.11": { alloy: 1.19.2 }\n  "26.05": { alloy: ${second} }\n` +
    'hosts:\n  nas: { channel: "26.05" }\n';
  const root = t.testdir({ modules: { "c.alloy": canonical } });
  const path = join(root, "modules/c.alloy");
  const release = async (): Promise<unknown> =>
    (JSON.parse((await fleet("validate", "--json", path)).out) as { alloyVersion: string }).alloyVersion;
  for (const [text, expected] of [
    [manifest("1.19.2"), "1.19.2"],
    [manifest("1.18.0"), "1.18.1"],
    ["version: 1\nchannels: [\n", "1.18.1"],
  ] as const) {
    await writeFile(join(root, "fleet.yaml"), text);
    t.equal(await release(), expected);
  }
});
