import {
  existsSync,
  lstatSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  realpathSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import t, { type Test } from "tap";
import { changedFiles, filesAt, installHook, uninstallHook, withStagedTree } from "../../src/git/index.ts";
import { failureOf } from "../support/failure.ts";
import { commitAll, gitIn, gitOk } from "../support/git.ts";

const { signal } = new AbortController();

function write(root: string, path: string, text: string): void {
  mkdirSync(dirname(join(root, path)), { recursive: true });
  writeFileSync(join(root, path), text);
}

/** A repository outside of this one, with a fleet in `fleet/` and something beside it. */
async function setUp(t: Test): Promise<string> {
  const root = realpathSync(mkdtempSync(join(tmpdir(), "fleet-git-")));
  t.teardown(() => rmSync(root, { recursive: true }));
  write(root, "fleet/fleet.yaml", "version: 1\n");
  write(root, "fleet/a.nix", "1");
  write(root, "other/b.nix", "1");
  symlinkSync("../other/b.nix", join(root, "fleet/link"));
  await commitAll(root);
  return root;
}

const settings = { launcher: "/no/such/fleet", force: false, signal };

t.test(
  "the staged tree is the index and not the work tree, with links as links, and goes away",
  async (t) => {
    const root = await setUp(t);
    write(root, "fleet/a.nix", "2");
    gitOk(root, "add", "fleet/a.nix");
    write(root, "fleet/a.nix", "3");
    write(root, "fleet/untracked.nix", "1");
    const copy = await withStagedTree(join(root, "fleet"), signal, async (staged) => {
      t.equal(readFileSync(join(staged, "a.nix"), "utf8"), "2");
      t.notOk(existsSync(join(staged, "untracked.nix")));
      t.ok(lstatSync(join(staged, "link")).isSymbolicLink());
      t.equal(readFileSync(join(staged, "link"), "utf8"), "1", "what is beside the fleet is there too");
      return Promise.resolve(dirname(staged));
    });
    t.notOk(existsSync(copy));
    await t.rejects(
      withStagedTree(root, signal, (staged) => Promise.reject(new Error(staged))),
      {
        message: /fleet-staged-/,
      },
    );
    t.equal(readFileSync(join(root, "fleet/a.nix"), "utf8"), "3");
  },
);

t.test(
  "changed files are those of the index, or also those of the work tree, from the fleet's root",
  async (t) => {
    const root = await setUp(t);
    gitOk(root, "mv", "fleet/a.nix", "fleet/ä b.nix");
    write(root, "other/b.nix", "2");
    write(root, "fleet/new/x\ny.nix", "");
    const fleet = join(root, "fleet");
    t.same((await changedFiles(fleet, { staged: true, signal })).sort(), ["a.nix", "ä b.nix"]);
    t.same((await changedFiles(fleet, { staged: false, signal })).sort(), [
      "../other/b.nix",
      "a.nix",
      "new/x\ny.nix",
      "ä b.nix",
    ]);
  },
);

t.test("before the first commit everything staged is changed", async (t) => {
  const root = await setUp(t);
  gitOk(root, "update-ref", "-d", "HEAD");
  t.same((await changedFiles(join(root, "fleet"), { staged: true, signal })).sort(), [
    "../other/b.nix",
    "a.nix",
    "fleet.yaml",
    "link",
  ]);
});

t.test("outside of git there is nothing to ask", async (t) => {
  const failure = await failureOf(changedFiles("/", { staged: true, signal }));
  t.match(failure.diagnostics, [{ code: "git/no-work-tree" }]);
});

t.test("installing twice is installing once", async (t) => {
  const root = await setUp(t);
  const hook = join(root, ".git/hooks/pre-commit");
  t.same(await installHook(root, settings), { hook, state: "installed", before: undefined });
  t.ok(lstatSync(hook).mode & 0o100);
  const text = readFileSync(hook, "utf8");
  t.same(await installHook(root, settings), { hook, state: "unchanged", before: undefined });
  t.match(await installHook(root, { ...settings, launcher: "/it's/elsewhere" }), { state: "installed" });
  t.not(readFileSync(hook, "utf8"), text);
  t.same(await uninstallHook(root, signal), { hook, state: "removed", before: undefined });
  t.notOk(existsSync(hook));
  t.same(await uninstallHook(root, signal), { hook, state: "absent", before: undefined });
});

t.test("another's hook is refused, or with force kept, run first, and put back", async (t) => {
  const root = await setUp(t);
  const hook = join(root, ".git/hooks/pre-commit");
  const aside = `${hook}.before-fleet`;
  const foreign = "#!/bin/sh\necho theirs\nexit 7\n";
  write(root, ".git/hooks/pre-commit", foreign);
  gitOk(root, "config", "core.fileMode", "true");
  t.match(await failureOf(installHook(root, settings)), {
    exitCode: 2,
    diagnostics: [{ code: "git/foreign-hook", hint: /--force/ }],
  });
  t.equal(readFileSync(hook, "utf8"), foreign);
  t.same(await uninstallHook(root, signal), { hook, state: "absent", before: undefined });

  const forced = { ...settings, force: true };
  t.same(await installHook(root, forced), { hook, state: "installed", before: aside });
  t.same(await installHook(root, settings), { hook, state: "unchanged", before: aside });
  t.equal(readFileSync(aside, "utf8"), foreign);

  write(root, ".git/hooks/pre-commit", "#!/bin/sh\n# a third\n");
  t.match(await failureOf(installHook(root, forced)), { diagnostics: [{ message: /is taken/ }] });
  rmSync(hook);
  t.match(await installHook(root, settings), { state: "installed", before: aside });
  t.same(await uninstallHook(root, signal), { hook, state: "removed", before: hook });
  t.equal(readFileSync(hook, "utf8"), foreign);
});

t.test("a commit is refused by the hook that was there first, else when fleet is gone", async (t) => {
  const root = await setUp(t);
  const hook = join(root, ".git/hooks/pre-commit");
  const commit = (): { code: number | null; err: string } =>
    gitIn(root, "commit", "--allow-empty", "--quiet", "--message", "x");
  await installHook(join(root, "fleet"), { ...settings, launcher: "/no/such/it's $HOME `fleet`" });
  const path = process.env["PATH"];
  process.env["PATH"] = "/usr/bin:/bin";
  t.teardown(() => (process.env["PATH"] = path));
  t.match(commit(), { code: 1, err: "fleet is not at /no/such/it's $HOME `fleet` nor on PATH" });

  write(root, ".git/hooks/pre-commit.before-fleet", "#!/bin/sh\necho theirs >&2\nexit 7\n");
  gitOk(root, "-c", "core.hooksPath=/dev/null", "rm", "--quiet", "--cached", "fleet/fleet.yaml");
  t.match(commit(), { code: 0 }, "without a manifest there is nothing to gate, and what cannot run does not");
  t.ok(existsSync(hook));
});

t.test(
  "the texts of a commit are what they were, whatever is in them and whatever they are called",
  async (t) => {
    const root = await setUp(t);
    const texts: Record<string, string> = {
      "a.nix": "1",
      "empty.nix": "",
      "line break.nix": "\n\n",
      "two\nlines\tand é.nix": "é\n0123456789012345678901234567890123456789 blob 3\nabc\n",
      "same.nix": "1",
      "../other/b.nix": "1",
      link: "../other/b.nix",
    };
    for (const [path, text] of Object.entries(texts)) {
      if (path !== "link") write(join(root, "fleet"), path, text);
    }
    writeFileSync(join(root, "fleet/latin1.nix"), Buffer.from("caf\xe9\nx", "latin1"));
    await commitAll(root);
    write(root, "fleet/a.nix", "2");
    write(root, "fleet/new.nix", "3");
    const paths = [...Object.keys(texts), "latin1.nix", "new.nix", "never.nix"];
    const found = await filesAt(join(root, "fleet"), "HEAD", paths, signal);
    t.same(Object.fromEntries(found), { ...texts, "latin1.nix": "caf\ufffd\nx" });
    t.equal((await filesAt(root, "HEAD", [], signal)).size, 0);
  },
);

t.test("before the first commit no file has a text", async (t) => {
  const root = realpathSync(mkdtempSync(join(tmpdir(), "fleet-git-")));
  t.teardown(() => rmSync(root, { recursive: true }));
  gitOk(root, "init", "--quiet");
  write(root, "a.nix", "1");
  t.equal((await filesAt(root, "HEAD", ["a.nix"], signal)).size, 0);
});

t.test("core.hooksPath and linked work trees are honoured", async (t) => {
  const root = await setUp(t);
  const linked = `${root}-linked`;
  gitOk(root, "worktree", "add", "--quiet", linked);
  t.teardown(() => rmSync(linked, { recursive: true }));
  t.equal((await installHook(linked, settings)).hook, join(root, ".git/hooks/pre-commit"));
  gitOk(root, "config", "core.hooksPath", "my hooks");
  const { hook } = await installHook(join(root, "fleet"), settings);
  t.equal(hook, join(root, "my hooks/pre-commit"));
  t.match(readFileSync(hook, "utf8"), "--repo 'fleet'");
});
