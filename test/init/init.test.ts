import { mkdir, symlink, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import t, { type Test } from "tap";
import { discover, givenChannels, manifestText } from "../../src/init/index.ts";
import { parseManifest } from "../../src/manifest/index.ts";
import { failureOf } from "../support/failure.ts";
import { matchGolden } from "../support/golden.ts";

const NOBODY = givenChannels([]);
const LOKI = { url: "https://loki.example.com/loki/api/v1/push", username: undefined };

/** A repository of these files; a target that begins with `->` makes a link. */
async function repository(t: Test, files: Readonly<Record<string, string>>): Promise<string> {
  const root = t.testdir();
  for (const [path, text] of Object.entries(files)) {
    await mkdir(dirname(join(root, path)), { recursive: true });
    if (text.startsWith("->")) await symlink(text.slice(2), join(root, path));
    else await writeFile(join(root, path), text);
  }
  return root;
}

const imports = (...list: string[]): string =>
  `{ ... }:\n{\n  imports = [\n${list.map((one) => `    ${one}\n`).join("")}  ];\n}\n`;

t.test("the example fleet is found as its own manifest describes it", async (t) => {
  const found = await discover(join(import.meta.dirname, "../.."), NOBODY);
  t.match(found, {
    layout: { modules: "modules", hosts: "hosts", link: "utils" },
    promtail: "modules/promtail",
    hosts: [
      {
        name: "build",
        channel: { name: "25.11", nixpkgs: "nixos-25.11" },
        ships: "promtail",
        dropped: false,
      },
      { name: "gw" },
      { name: "mail" },
      { name: "nas", channel: { name: "26.05" }, ships: "none", dropped: true },
      { name: "web" },
    ],
  });
});

t.test("the manifest for a mixed fleet is the golden one, and valid", async (t) => {
  const root = await repository(t, {
    "nix/shared/promtail/default.nix": "{ }",
    "nix/shared/alloy/default.nix": "{ }",
    "shared/link": "->../nix/shared",
    "machines/alpha/configuration.nix": imports("./s/link/promtail/default.nix", "./local.nix"),
    "machines/alpha/local.nix": "{ }",
    "machines/alpha/channel": "https://nixos.org/channels/nixos-25.11/\n",
    "machines/alpha/s": "->../../shared",
    "machines/beta/configuration.nix": imports("# promtail went away"),
    "machines/beta/channel": "nixos-26.05-small",
    "machines/beta/s": "->../../shared",
    "machines/007/configuration.nix": imports("../../nix/shared/alloy"),
    "machines/007/channel": "nixos-unstable",
    "machines/README.md": "",
    "machines/no-host/notes.md": "",
    "machines/computed/configuration.nix": "{ lib, ... }: { imports = lib.x; }",
    "machines/outside/configuration.nix": imports("/etc/nixos/promtail", "./missing/promtail"),
  });
  const found = await discover(root, givenChannels(["computed=25.11", "25.05"]));
  t.equal(found.promtail, "nix/shared/promtail");
  const text = manifestText(found, LOKI);
  matchGolden(t, "init/mixed.yaml", text);
  t.match(parseManifest("fleet.yaml", text), { diagnostics: [], fleet: { canary: "beta" } });
});

t.test("without a Promtail module nothing is to be migrated", async (t) => {
  const root = await repository(t, { "hosts/one/configuration.nix": imports("# promtail dropped") });
  const text = manifestText(await discover(root, givenChannels(["26.05"])), { ...LOKI, username: "a: b" });
  matchGolden(t, "init/no-promtail.yaml", text);
  t.match(parseManifest("fleet.yaml", text), { diagnostics: [], fleet: { loki: { username: "a: b" } } });
});

t.test(
  "a single host's channel on the command line wins over its file, and that over the one for all",
  async (t) => {
    const root = await repository(t, {
      "hosts/one/configuration.nix": imports(),
      "hosts/one/channel": "nixos-25.05\n",
      "hosts/two/configuration.nix": imports(),
    });
    const channels = async (...given: string[]): Promise<string[]> =>
      (await discover(root, givenChannels(given))).hosts.map((host) => host.channel.name);
    t.same(await channels("25.11"), ["25.05", "25.11"]);
    t.same(await channels("25.11", "one=26.05"), ["26.05", "25.11"]);
  },
);

t.test("every host without a channel is an error with the option that says it", async (t) => {
  const root = await repository(t, {
    "hosts/one/configuration.nix": imports(),
    "hosts/two/configuration.nix": imports(),
    "hosts/two/channel": "my-fork\n",
  });
  t.match((await failureOf(discover(root, NOBODY))).diagnostics, [
    { code: "manifest/no-channel", hint: /--channel one=26.05/ },
    { code: "manifest/no-channel", hint: /--channel two=26.05/ },
  ]);
});

t.test("a repository without hosts is an error that says where they were looked for", async (t) => {
  t.match((await failureOf(discover(await repository(t, {}), NOBODY))).diagnostics, [
    { code: "manifest/no-hosts", message: /hosts\/\*\/configuration.nix/ },
  ]);
});

t.test("--channel takes releases only", (t) => {
  for (const value of ["26", "nas=", "=26.05", "nas=stable", ""]) {
    t.throws(() => givenChannels([value]), /names no NixOS release/, value);
  }
  t.end();
});
