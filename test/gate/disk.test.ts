import { chmodSync, mkdirSync, renameSync, rmSync, symlinkSync, utimesSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import t, { type Test } from "tap";
import { Disk, type Input } from "../../src/gate/cache/disk.ts";
import { StatCache } from "../../src/gate/cache/stat-cache.ts";

/** What a fresh look at an input gives, as a string to compare. */
function see(input: Input, stats = new StatCache(), env: Record<string, string> = {}): string {
  return new Disk(stats, env).digest(input);
}

function tree(t: Test): string {
  return t.testdir({ one: { "a.nix": "{ }", "b.nix": "{ }" }, two: { "default.nix": "[ ]" } });
}

/** Whether `change` makes a difference to what is looked at. */
function notices(kind: Input["kind"], path: string, change: () => void): boolean {
  const before = see({ kind, subject: path });
  change();
  return before !== see({ kind, subject: path });
}

t.test("a file's text, its right to be run and where it is reached are seen", (t) => {
  const root = tree(t);
  const file = join(root, "one/a.nix");
  t.notOk(
    notices("read", file, () => utimesSync(file, 1, 1)),
    "its times are not",
  );
  t.notOk(notices("read", file, () => writeFileSync(file, "{ }")));
  t.ok(notices("read", file, () => writeFileSync(file, "{  }")));
  t.ok(notices("read", file, () => chmodSync(file, 0o755)));
  t.ok(
    notices("read", file, () => {
      renameSync(file, join(root, "two/moved.nix"));
      symlinkSync("../two/moved.nix", file);
    }),
    "a link to the same text leads elsewhere",
  );
  t.ok(
    notices("read", file, () => rmSync(join(root, "two"), { recursive: true })),
    "and then nowhere",
  );
  t.end();
});

t.test("a directory that becomes a link to its copy is another place", (t) => {
  const root = tree(t);
  t.ok(
    notices("read", join(root, "one/a.nix"), () => {
      renameSync(join(root, "one"), join(root, "moved"));
      symlinkSync("moved", join(root, "one"));
    }),
  );
  t.end();
});

t.test("a file that was absent is seen when it comes, and a directory for its default.nix", (t) => {
  const root = tree(t);
  const absent = join(root, "one/local.nix");
  t.ok(notices("absent", absent, () => writeFileSync(absent, "")));
  t.ok(notices("exists", absent, () => rmSync(absent)));
  t.ok(
    notices("absent", join(root, "one/deep/file"), () =>
      mkdirSync(join(root, "one/deep/file"), { recursive: true }),
    ),
  );
  t.ok(notices("import", join(root, "two"), () => writeFileSync(join(root, "two/default.nix"), "{ }")));
  t.notOk(notices("import", join(root, "two"), () => writeFileSync(join(root, "two/other.nix"), "{ }")));
  t.end();
});

t.test("a listing is its names and their kinds; a tree is all that is in it", (t) => {
  const root = tree(t);
  const one = join(root, "one");
  t.notOk(notices("list", one, () => writeFileSync(join(one, "a.nix"), "changed")));
  t.ok(notices("list", one, () => writeFileSync(join(one, "c.nix"), "")));
  t.ok(
    notices("list", one, () => {
      rmSync(join(one, "c.nix"));
      mkdirSync(join(one, "c.nix"));
    }),
  );
  t.ok(notices("tree", root, () => writeFileSync(join(one, "c.nix/deep"), "1")));
  t.ok(notices("tree", root, () => writeFileSync(join(one, "c.nix/deep"), "2")));
  t.ok(notices("tree", root, () => chmodSync(join(one, "c.nix/deep"), 0o700)));
  t.ok(notices("tree", root, () => symlinkSync("deep", join(one, "c.nix/link"))));
  t.end();
});

t.test("a variable is its value, whose text is not kept, or that it is not set", (t) => {
  const input: Input = { kind: "env", subject: "TOKEN" };
  const seen = ["", "one", "two"].map((value) => see(input, undefined, { TOKEN: value }));
  t.equal(new Set([...seen, see(input)]).size, 4);
  t.notMatch(seen.join(" "), "one");
  t.end();
});

t.test("links that lead in a circle are an input like another", (t) => {
  const root = tree(t);
  symlinkSync("loop", join(root, "loop"));
  const input: Input = { kind: "read", subject: join(root, "loop/file") };
  t.equal(see(input), see(input));
  t.end();
});

t.test("what may not be read is never the same", (t) => {
  const input: Input = { kind: "impure", subject: "builtins.currentTime" };
  const directory: Input = { kind: "read", subject: join(tree(t), "one") };
  t.equal(new Disk(new StatCache(), {}).changedSince(input, 0, "/"), true);
  t.equal(see(directory), see(directory), "a directory that is read is only a directory");
  t.end();
});

t.test("an input that changed once the evaluation had begun is told from one that did not", (t) => {
  const root = tree(t);
  const subject = join(root, "one/a.nix");
  const changed = (since: number): boolean =>
    new Disk(new StatCache(), {}).changedSince({ kind: "read", subject }, since, root);
  t.ok(changed(Date.now() - 1000));
  t.notOk(changed(Date.now() + 1000));
  t.end();
});
