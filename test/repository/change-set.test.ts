import { spawnSync } from "node:child_process";
import { chmod, mkdir, readdir, readFile, realpath, stat, writeFile } from "node:fs/promises";
import { join } from "node:path";
import t from "tap";
import {
  applyChanges,
  diffOf,
  findChanges,
  readText,
  writeFileAtomically,
} from "../../src/repository/index.ts";
import { failureOf } from "../support/failure.ts";

t.test("only what differs is a change, and applying it leaves none", async (t) => {
  const dir = t.testdir({ same: "1\n", old: "a\n" });
  const wanted = new Map([
    ["same", "1\n"],
    ["old", "b\n"],
    ["new/deep/file", "c\n"],
  ]);
  const changes = await findChanges(dir, wanted);
  t.same(changes, [
    { path: "new/deep/file", before: undefined, after: "c\n" },
    { path: "old", before: "a\n", after: "b\n" },
  ]);
  await applyChanges(dir, changes);
  t.same(await findChanges(dir, wanted), []);
  t.same((await readdir(dir)).sort(), ["new", "old", "same"], "no staged file is left");
});

t.test("when one file cannot be written all others are as before", async (t) => {
  const dir = t.testdir({ a: "old a\n", b: { "in the way": "" } });
  const changes = [
    { path: "a", before: "old a\n", after: "new a\n" },
    { path: "made/for/this", before: undefined, after: "x\n" },
    { path: "b", before: undefined, after: "new b\n" },
  ];
  t.match(await failureOf(applyChanges(dir, changes)), {
    diagnostics: [
      { code: "repository/unwritable", message: /^b cannot be written: a directory is in its place/ },
    ],
  });
  t.equal(await readFile(join(dir, "a"), "utf8"), "old a\n");
  t.same((await readdir(dir)).sort(), ["a", "b"]);
});

t.test("nothing is staged when any path would leave the repository", async (t) => {
  const dir = t.testdir({ repo: {} });
  const changes = ["in", "../out"].map((path) => ({ path, before: undefined, after: "" }));
  t.match(await failureOf(applyChanges(join(dir, "repo"), changes)), {
    diagnostics: [{ code: "repository/outside" }],
  });
  t.same(await readdir(join(dir, "repo")), []);
});

t.test("a file keeps its mode, and a link stays a link", async (t) => {
  const dir = t.testdir({ real: { file: "a" }, link: t.fixture("symlink", "real") });
  await chmod(join(dir, "real/file"), 0o750);
  await applyChanges(dir, await findChanges(dir, new Map([["link/file", "b"]])));
  t.equal((await stat(join(dir, "real/file"))).mode & 0o777, 0o750);
  t.equal(await readFile(join(dir, "real/file"), "utf8"), "b");
});

t.test("what a killed run had staged is cleared away by the next", async (t) => {
  const dir = t.testdir({ file: "a" });
  const gone = spawnSync("true").pid;
  await writeFile(join(dir, `.file.${gone}.fleet.tmp`), "half");
  await writeFileAtomically(join(dir, "file"), "b");
  t.same(await readdir(dir), ["file"]);
});

t.test("a file that is not there reads as undefined, a directory as an error", async (t) => {
  const dir = await realpath(t.testdir({ file: "x" }));
  await mkdir(join(dir, "directory"));
  t.equal(await readText(dir, "none"), undefined);
  t.equal(await readText(dir, "file/below"), undefined);
  t.equal(await readText(dir, "file"), "x");
  t.match(await failureOf(readText(dir, "directory")), { diagnostics: [{ code: "repository/unreadable" }] });
});

t.test("the diff is one that git applies", async (t) => {
  const dir = t.testdir({ "a.txt": "1\n2\n3\n4\n5\n6\n7\n8\n9\n", "no-newline": "x" });
  const wanted = new Map([
    ["a.txt", "1\n2\n3\n4\nfive\n6\n7\n8\n9\n"],
    ["no-newline", "x\n"],
    ["new/b.txt", "b\n"],
  ]);
  const patch = diffOf(await findChanges(dir, wanted));
  t.match(patch, /^--- a\/a\.txt\n\+\+\+ b\/a\.txt\n@@ -2,7 \+2,7 @@\n 2\n/);
  const applied = spawnSync("git", ["apply", "--unsafe-paths", "-"], {
    cwd: dir,
    input: patch,
    encoding: "utf8",
  });
  t.equal(applied.stderr, "");
  t.same(await findChanges(dir, wanted), []);
});
