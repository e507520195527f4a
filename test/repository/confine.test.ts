import { realpath } from "node:fs/promises";
import { join } from "node:path";
import fc from "fast-check";
import t from "tap";
import { confine, isWithin } from "../../src/repository/index.ts";
import { failureOf } from "../support/failure.ts";

t.test("paths below the root are given without links, whether they exist or not", async (t) => {
  const dir = await realpath(t.testdir({ modules: { a: "" }, utils: t.fixture("symlink", "modules") }));
  t.equal(await confine(dir, "modules/a"), join(dir, "modules/a"));
  t.equal(await confine(dir, "utils/a"), join(dir, "modules/a"));
  t.equal(await confine(dir, "utils/new/file"), join(dir, "modules/new/file"));
  t.equal(await confine(dir, join(dir, "modules")), join(dir, "modules"));
});

t.test("a path that leaves the root is refused", async (t) => {
  const dir = t.testdir({ repo: {} });
  for (const path of ["../x", "a/../../x", "/etc/passwd"]) {
    const failure = await failureOf(confine(join(dir, "repo"), path));
    t.match(failure, { diagnostics: [{ code: "repository/outside" }] }, path);
  }
});

t.test("a link that leads outside is refused, also when it dangles", async (t) => {
  const dir = t.testdir({
    repo: { out: t.fixture("symlink", "../secret"), dangling: t.fixture("symlink", "../nothing") },
    secret: {},
  });
  await t.rejects(confine(join(dir, "repo"), "out/file"), /through a link, to .*secret\/file/);
  await t.rejects(confine(join(dir, "repo"), "dangling"), /through a link/);
});

t.test("a circle of links is refused", async (t) => {
  const dir = t.testdir({ a: t.fixture("symlink", "b"), b: t.fixture("symlink", "a") });
  await t.rejects(confine(dir, "a/x"), /leads in a circle/);
});

t.test("the diagnostic carries the place where the path was written", async (t) => {
  const at = { line: 3, column: 5, offset: 40 };
  const span = { file: "fleet.yaml", start: at, end: at };
  t.match(await failureOf(confine(t.testdir(), "..", span)), { diagnostics: [{ span }] });
});

t.test("a name that only begins with dots is inside", (t) => {
  t.ok(isWithin("/a", "/a/..b"));
  t.notOk(isWithin("/a", "/ab"));
  t.end();
});

t.test("no path of dots, names and slashes gets out", async (t) => {
  const dir = await realpath(t.testdir({ repo: { in: {} } }));
  const part = fc.constantFrom("..", ".", "in", "x", "");
  await fc.assert(
    fc.asyncProperty(fc.array(part, { maxLength: 8 }), async (parts) => {
      const found = await confine(join(dir, "repo"), parts.join("/")).catch(() => undefined);
      return found === undefined || isWithin(join(dir, "repo"), found);
    }),
    { numRuns: 200 },
  );
  t.pass("200 paths stayed inside or were refused");
});
