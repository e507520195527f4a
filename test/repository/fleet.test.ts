import { rm, symlink } from "node:fs/promises";
import { join } from "node:path";
import t, { type Test } from "tap";
import { loadFleet } from "../../src/repository/index.ts";
import { failureOf } from "../support/failure.ts";

const HEAD = 'version: 1\nloki: { url: "https://loki.example.com/p" }\nchannels: { "26.05": {} }\n';
const ONE_HOST = `${HEAD}hosts:\n  nas: { channel: "26.05", from: { promtail: modules/promtail } }\n`;

/** A repository in which everything that ONE_HOST speaks of is there. */
function repository(t: Test, manifest: string): string {
  return join(
    t.testdir({
      outside: { "default.nix": "" },
      repo: {
        "fleet.yaml": manifest,
        hosts: { nas: { "configuration.nix": "{ }", utils: t.fixture("symlink", "../../utils") } },
        modules: { promtail: { "default.nix": "{ }" } },
        utils: { modules: t.fixture("symlink", "../modules") },
      },
    }),
    "repo",
  );
}

t.test("a manifest that fits its tree is loaded", async (t) => {
  const root = repository(t, ONE_HOST);
  t.match(await loadFleet(root), { root, fleet: { hosts: [{ name: "nas" }] } });
});

t.test("the project's own example loads", async (t) => {
  const { fleet } = await loadFleet(join(import.meta.dirname, "../.."));
  t.same(
    fleet.hosts.map((host) => host.name),
    ["nas", "web", "mail", "gw", "build"],
  );
});

t.test("a repository without a manifest is told about fleet init", async (t) => {
  t.match(await failureOf(loadFleet(t.testdir())), {
    exitCode: 2,
    diagnostics: [{ code: "manifest/not-found", hint: /fleet init/ }],
  });
});

t.test("every mistake of the manifest itself is reported at once", async (t) => {
  const failure = await failureOf(loadFleet(repository(t, `${HEAD}hosts:\n  nas: { chanel: x, ship: 1 }\n`)));
  t.equal(failure.diagnostics.length, 2);
  t.equal(failure.exitCode, 2);
});

t.test("a host without directory is an error at its name", async (t) => {
  const root = repository(t, `${ONE_HOST}  web: { channel: "26.05" }\n`);
  t.match((await failureOf(loadFleet(root))).diagnostics, [
    { code: "manifest/no-host-directory", span: { start: { line: 6, column: 3 } }, hint: /make hosts\/web/ },
  ]);
});

t.test("a host without configuration.nix is an error", async (t) => {
  const root = repository(t, ONE_HOST);
  await rm(join(root, "hosts/nas/configuration.nix"));
  t.match((await failureOf(loadFleet(root))).diagnostics, [
    { code: "manifest/missing-file", message: "there is no file hosts/nas/configuration.nix" },
  ]);
});

t.test("a promtail module that is not there is an error at its path", async (t) => {
  const root = repository(t, ONE_HOST.replace("modules/promtail", "modules/promtial"));
  t.match((await failureOf(loadFleet(root))).diagnostics, [
    {
      code: "manifest/missing-file",
      message: /modules\/promtial\/default.nix/,
      span: { start: { line: 5 } },
    },
  ]);
});

for (const [what, path, target] of [
  ["a host's directory", "hosts/nas", "../../outside"],
  ["a host's link to the shared modules", "hosts/nas/utils", "../../../outside"],
  ["the link to the modules behind it", "utils/modules", "../../outside"],
  ["the modules' directory", "modules", "../outside"],
  ["the hosts' directory", "hosts", "../outside"],
] as const) {
  t.test(`${what} must not be a link that leads outside`, async (t) => {
    const root = repository(t, ONE_HOST);
    await rm(join(root, path), { recursive: true });
    await symlink(target, join(root, path));
    t.match((await failureOf(loadFleet(root))).diagnostics, [
      { code: "repository/outside", message: /through a link/, span: { file: "fleet.yaml" } },
    ]);
  });
}
