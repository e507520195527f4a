import { realpathSync } from "node:fs";
import { join } from "node:path";
import fc from "fast-check";
import t from "tap";
import { FleetError } from "../../src/diagnostics/index.ts";
import { confine, isWithin, locate } from "../../src/repository/index.ts";

t.test("paths below the root are given without links, whether they exist or not", (t) => {
  const dir = realpathSync(t.testdir({ modules: { a: "" }, utils: t.fixture("symlink", "modules") }));
  t.equal(locate(dir, "modules/a"), join(dir, "modules/a"));
  t.equal(locate(dir, "utils/a"), join(dir, "modules/a"));
  t.equal(locate(dir, "utils/a/below/a/file"), join(dir, "modules/a/below/a/file"));
  t.equal(locate(dir, "utils/new/file"), join(dir, "modules/new/file"));
  t.equal(locate(dir, join(dir, "modules")), join(dir, "modules"));
  t.end();
});

t.test("a path that leaves the root is refused", (t) => {
  const dir = t.testdir({ repo: {} });
  for (const path of ["../x", "a/../../x", "/etc/passwd"]) {
    t.match(locate(join(dir, "repo"), path), { code: "repository/outside", message: /leads out/ }, path);
  }
  t.end();
});

t.test("a link that leads outside is refused, also when it dangles", (t) => {
  const dir = t.testdir({
    repo: { out: t.fixture("symlink", "../secret"), dangling: t.fixture("symlink", "../nothing") },
    secret: {},
  });
  const root = join(dir, "repo");
  t.match(locate(root, "out/file"), { message: /through a link, to .*secret\/file/ });
  t.match(locate(root, "dangling"), { message: /through a link/ });
  t.throws(() => confine(root, "out"), FleetError);
  t.end();
});

t.test("a circle of links is refused", (t) => {
  const dir = t.testdir({ a: t.fixture("symlink", "b"), b: t.fixture("symlink", "a") });
  t.match(locate(dir, "a/x"), { message: /leads in a circle/ });
  t.end();
});

t.test("the diagnostic carries the place where the path was written", (t) => {
  const at = { line: 3, column: 5, offset: 40 };
  const span = { file: "fleet.yaml", start: at, end: at };
  t.match(locate(t.testdir(), "..", span), { span });
  t.end();
});

t.test("a name that only begins with dots is inside", (t) => {
  t.ok(isWithin("/a", "/a/..b"));
  t.notOk(isWithin("/a", "/ab"));
  t.end();
});

t.test("no path of dots, names and slashes gets out", (t) => {
  const root = join(realpathSync(t.testdir({ repo: { in: {} } })), "repo");
  const part = fc.constantFrom("..", ".", "in", "x", "");
  fc.assert(
    fc.property(fc.array(part, { maxLength: 8 }), (parts) => {
      const found = locate(root, parts.join("/"));
      return typeof found !== "string" || isWithin(root, found);
    }),
    { numRuns: 500 },
  );
  t.pass("500 paths stayed inside or were refused");
  t.end();
});
