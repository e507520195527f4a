import { mkdir, realpath } from "node:fs/promises";
import { join } from "node:path";
import t from "tap";
import { findRoot } from "../../src/repository/index.ts";
import { failureOf } from "../support/failure.ts";

t.test("the nearest directory upwards with fleet.yaml is the root", async (t) => {
  const dir = await realpath(t.testdir({ "fleet.yaml": "", hosts: { nas: {} } }));
  t.equal(await findRoot({ cwd: join(dir, "hosts/nas") }), dir);
});

t.test("a .git directory marks a root that has no manifest yet", async (t) => {
  const dir = await realpath(t.testdir({ repo: { ".git": {}, hosts: {} } }));
  t.equal(await findRoot({ cwd: join(dir, "repo/hosts") }), join(dir, "repo"));
});

t.test("--repo is taken as it is, relative to where the command was called", async (t) => {
  const dir = await realpath(t.testdir({ "fleet.yaml": "", other: {} }));
  t.equal(await findRoot({ repo: "other", cwd: dir }), join(dir, "other"));
});

t.test("--repo must name a directory", async (t) => {
  const dir = t.testdir({ file: "" });
  await t.rejects(findRoot({ repo: "none", cwd: dir }), /none is not there/);
  await t.rejects(findRoot({ repo: "file", cwd: dir }), /file is no directory/);
});

t.test("outside of any repository the search ends with a hint", async (t) => {
  await mkdir("/tmp/repository-root-test", { recursive: true });
  t.match(await failureOf(findRoot({ cwd: "/tmp/repository-root-test" })), {
    diagnostics: [{ code: "repository/not-found", hint: /--repo/ }],
    exitCode: 2,
  });
});
