import { readFile, symlink, unlink, writeFile } from "node:fs/promises";
import { join } from "node:path";
import t, { type Test } from "tap";
import type { SarifLog } from "../../src/diagnostics/index.ts";
import type { GateJson } from "../../src/gate/json.ts";
import { exampleFleet } from "../support/example.ts";
import { fleet } from "../support/fleet.ts";
import { commitAll, gitIn, gitOk } from "../support/git.ts";
import { parseXml } from "../support/xml.ts";

const NAS = "hosts/nas/configuration.nix";

/** The example fleet, committed, with the hook installed. */
async function setUp(t: Test): Promise<string> {
  const root = await exampleFleet(t);
  await commitAll(root);
  t.match(await fleet("hooks", "install", "--repo", root), { code: 0, out: /pre-commit: installed\n$/ });
  return root;
}

/** Adds a line to a host's configuration. */
async function define(root: string, host: string, line: string): Promise<void> {
  const path = join(root, `hosts/${host}/configuration.nix`);
  const text = await readFile(path, "utf8");
  await writeFile(path, text.replace(/\}\s*$/, `  ${line}\n}\n`));
}

const MISTAKE = "time.zone = 1;";

t.test("a commit that breaks a host is refused, and one that breaks none is made", async (t) => {
  const root = await setUp(t);
  const good = await readFile(join(root, NAS), "utf8");
  await define(root, "nas", MISTAKE);
  gitOk(root, "add", NAS);
  const head = gitOk(root, "rev-parse", "HEAD");
  const refused = gitIn(root, "commit", "--message", "broken");
  t.equal(refused.code, 1);
  t.match(
    refused.err,
    /^hosts\/nas\/configuration\.nix:\d+:\d+: error\[gate\/unknown-option\]: .*time\.zone/m,
  );
  t.match(refused.out + refused.err, /^nas +26\.05 +fail/m);
  t.notMatch(refused.out + refused.err, /^web/m, "hosts that the commit does not touch are not evaluated");
  t.equal(gitOk(root, "rev-parse", "HEAD"), head);

  await writeFile(join(root, NAS), `${good}# harmless\n`);
  gitOk(root, "add", NAS);
  t.match(gitIn(root, "commit", "--message", "good"), { code: 0 });
  t.not(gitOk(root, "rev-parse", "HEAD"), head);
});

t.test("what counts is what is committed, not the work tree", async (t) => {
  const root = await setUp(t);
  const good = await readFile(join(root, NAS), "utf8");
  await writeFile(join(root, NAS), `${good}# staged\n`);
  gitOk(root, "add", NAS);
  await define(root, "nas", MISTAKE);
  t.match(gitIn(root, "commit", "--message", "the work tree is broken, the index is not"), { code: 0 });
  t.match(gitIn(root, "commit", "--all", "--message", "now the commit is broken"), { code: 1 });
  t.match(gitIn(root, "commit", "--message", "only this", "--", NAS), { code: 1 });

  gitOk(root, "add", NAS);
  await writeFile(join(root, NAS), good);
  t.match(gitIn(root, "commit", "--message", "the index is broken, the work tree is not"), { code: 1 });
});

t.test("a change of what hosts share gates them all, also in a linked work tree", async (t) => {
  const root = await setUp(t);
  const linked = `${root}-linked`;
  gitOk(root, "worktree", "add", "--quiet", linked);
  t.teardown(() => gitOk(root, "worktree", "remove", "--force", linked));
  await unlink(join(linked, "utils/modules"));
  await symlink("../nowhere", join(linked, "utils/modules"));
  gitOk(linked, "add", "utils/modules");
  const { code, out, err } = gitIn(linked, "commit", "--message", "no modules");
  t.not(code, 0);
  t.match(out + err, /modules/);
  gitOk(linked, "reset", "--quiet", "--hard");
  await writeFile(join(linked, "notes.txt"), "x\n");
  gitOk(linked, "add", "notes.txt");
  const passed = gitIn(linked, "commit", "--message", "notes");
  t.match(passed, { code: 0 });
  t.equal((passed.out + passed.err).match(/^\w+ +\d\d\.\d\d +pass/gm)?.length, 5);
});

t.test("--changed looks at the work tree, --staged at the index", async (t) => {
  const root = await exampleFleet(t);
  await commitAll(root);
  const gate = async (...argv: string[]): Promise<[number, string[]]> => {
    const { code, out } = await fleet("gate", "--json", "--repo", root, ...argv);
    return [code, (JSON.parse(out) as GateJson).hosts.map(({ host, verdict }) => `${host} ${verdict}`)];
  };
  t.same(await gate("--changed"), [0, []]);
  await define(root, "web", MISTAKE);
  t.same(await gate("--changed"), [1, ["web fail"]]);
  t.same(await gate("--changed", "--host", "nas", "web"), [1, ["web fail"]]);
  t.same(await gate("--changed", "--host", "nas"), [0, []]);
  t.same(await gate("--staged", "--changed"), [0, []]);
  t.same(await gate("--staged", "--host", "web"), [0, ["web pass"]]);
});

t.test("JUnit and SARIF say what the table says", async (t) => {
  const root = await exampleFleet(t);
  await define(root, "nas", MISTAKE);
  await define(root, "web", "services.foobar.enable = true;");
  const { code, out } = await fleet(
    "gate",
    "--repo",
    root,
    "--junit",
    "-",
    "--sarif",
    join(root, "gate.sarif"),
  );
  t.equal(code, 1);
  const [suite] = parseXml(out).children;
  // Five hosts, and the one rule that needs no commit to compare with.
  t.match(suite?.attributes, { tests: "6", failures: "1", errors: "0", skipped: "1" });
  const [nas, skipped, , , , rule] = suite?.children ?? [];
  t.match(rule, { attributes: { name: "alloy-options", classname: "rules" }, children: [] });
  t.match(nas, { attributes: { name: "nas", classname: "NixOS 26.05" } });
  t.match(nas?.children[0], { name: "failure", text: /gate\/unknown-option.*time\.zone[^]*time\.zone = 1;/ });
  t.match(skipped?.children[0], { name: "skipped", attributes: { message: /services\.foobar/ } });

  const log = JSON.parse(await readFile(join(root, "gate.sarif"), "utf8")) as SarifLog;
  t.match(log.runs[0].results, [
    {
      ruleId: "gate/unknown-option",
      level: "error",
      locations: [
        {
          physicalLocation: { artifactLocation: { uri: NAS }, region: { startColumn: 3 } },
          logicalLocations: [{ name: "nas", kind: "host" }],
        },
      ],
    },
    { ruleId: "gate/unverified", level: "note", message: { text: /services\.foobar/ } },
  ]);

  t.match(await fleet("gate", "--repo", root, "--json", "--junit", "-"), { code: 2, err: /cli\/usage/ });
});
