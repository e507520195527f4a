import { readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import t from "tap";
import type { UpgradeJson } from "../../src/gate/index.ts";
import { exampleFleet } from "../support/example.ts";
import { fleet } from "../support/fleet.ts";

const NIXPKGS = join(import.meta.dirname, "../fixtures/nixpkgs");
const WEB = "hosts/web/configuration.nix";

/** What docs/gate.md shows the report of. */
const SETTINGS = `  services.openssh.banner = "Welcome.";
  services.openssh.settings.AcceptEnv = "LANG LC_*";
  services.resolved = { enable = true; dnssec = "true"; };
  systemd.coredump.extraConfig = "Storage=journal";
  services.foobar.enable = true;
`;

/** Adds lines to a file that ends with its set's bracket. */
async function define(root: string, path: string, lines: string): Promise<void> {
  const text = await readFile(join(root, path), "utf8");
  await writeFile(join(root, path), text.replace(/\}\s*$/, `${lines}}\n`));
}

async function lineOf(root: string, path: string, text: string): Promise<number> {
  return (await readFile(join(root, path), "utf8")).split("\n").findIndex((line) => line.includes(text)) + 1;
}

async function check(...argv: string[]): Promise<UpgradeJson & { code: number }> {
  const { code, out } = await fleet(...argv, "--json");
  return { code, ...(JSON.parse(out) as UpgradeJson) };
}

t.test("each option that the other release lacks, renames or retypes is told with its place", async (t) => {
  const root = await exampleFleet(t);
  await define(root, WEB, SETTINGS);
  const { code, out } = await fleet("upgrade-check", "web", "26.05", "--repo", root);
  t.equal(code, 1);
  const documentation = await readFile(join(import.meta.dirname, "../../docs/gate.md"), "utf8");
  t.ok(documentation.includes(out.trim()), `docs/gate.md shows it as it is printed:\n${out}`);

  const report = await check("upgrade-check", "web", "26.05", "--repo", root);
  t.match(report, { code: 1, ok: false, against: "26.05", hosts: [{ host: "web", breaks: true }] });
  const banner = report.hosts[0]?.changes.find(({ option }) => option === "services.openssh.banner");
  t.same(banner, {
    kind: "removed",
    option: "services.openssh.banner",
    message: "Since NixOS 26.05 this is services.openssh.settings.Banner.",
    file: WEB,
    line: await lineOf(root, WEB, "services.openssh.banner"),
  });
  t.match(
    report.hosts[0]?.changes.find(({ kind }) => kind === "renamed"),
    { option: "services.resolved.dnssec", replacement: "services.resolved.settings.Resolve.DNSSEC" },
  );
});

t.test("what only goes by another name, or is not known, does not break a host", async (t) => {
  const root = await exampleFleet(t);
  await define(root, WEB, '  services.resolved.llmnr = "false";\n  services.foobar.enable = true;\n');
  const text = await readFile(join(root, WEB), "utf8");
  await writeFile(join(root, WEB), text.replace("./utils/modules/promtail", ""));
  const report = await check("upgrade-check", "web", "26.05", "--repo", root);
  t.match(report, { code: 0, ok: true });
  t.same(
    report.hosts[0]?.changes.map(({ kind, option }) => [kind, option]),
    [
      ["renamed", "services.resolved.llmnr"],
      ["unverified", "services.foobar.enable"],
    ],
  );
});

t.test(
  "through a nixpkgs an option that is not there is removed, and places are found in the files",
  async (t) => {
    const root = await exampleFleet(t);
    await define(root, WEB, SETTINGS);
    const before = process.env["FLEET_NIXPKGS"];
    process.env["FLEET_NIXPKGS"] = `26.05=${NIXPKGS}`;
    t.teardown(() => {
      if (before === undefined) delete process.env["FLEET_NIXPKGS"];
      else process.env["FLEET_NIXPKGS"] = before;
    });
    const report = await check("upgrade-check", "web", "26.05", "--repo", root);
    t.match(report, { code: 1, hosts: [{ to: { through: "nixpkgs", nixpkgs: NIXPKGS } }] });
    const found = report.hosts[0]?.changes.map(({ kind, option }) => `${kind} ${option ?? ""}`);
    t.ok(found?.includes("removed services.foobar.enable"));
    t.ok(found?.includes("retyped services.openssh.settings.AcceptEnv"));
    t.match(
      report.hosts[0]?.changes.find(({ option }) => option === "services.promtail.enable"),
      {
        file: "modules/promtail/default.nix",
        line: await lineOf(root, "modules/promtail/default.nix", "enable = true"),
      },
    );
  },
);

t.test(
  "a host that fails on its own channel, or in the other for another reason, is not let through",
  async (t) => {
    const root = await exampleFleet(t);
    await define(root, WEB, "  time.zone = 1;\n");
    t.match(await check("upgrade-check", "web", "26.05", "--repo", root), {
      code: 1,
      hosts: [
        {
          changes: [
            { kind: "removed" },
            { kind: "removed" },
            { kind: "fails", message: /as it is: fleet gate --host web/ },
          ],
        },
      ],
    });
    await define(
      root,
      "hosts/gw/hardware-configuration.nix",
      '  fileSystems."/data".device = "/dev/sdb1";\n',
    );
    t.match(await check("upgrade-check", "gw", "26.05", "--repo", root), {
      code: 1,
      hosts: [{ changes: [{}, {}, { kind: "fails", message: /fsType/ }] }],
    });
  },
);

t.test("fleet gate --against holds every host that is not there yet against the channel", async (t) => {
  const root = await exampleFleet(t);
  const report = await check("gate", "--against", "26.05", "--repo", root);
  t.match(report, { code: 1, there: ["nas"] });
  t.same(
    report.hosts.map(({ host, changes }) => [host, changes.length]),
    ["web", "mail", "gw", "build"].map((host) => [host, 2]),
  );
  t.match(await fleet("upgrade-check", "nas", "26.05", "--repo", root), {
    code: 0,
    out: "nas is on 26.05 already.",
  });
});

t.test("a channel or host that there is not ends the run", async (t) => {
  const root = await exampleFleet(t);
  t.match(await fleet("upgrade-check", "web", "2605", "--repo", root), {
    code: 2,
    err: /gate\/unknown-channel/,
  });
  t.match(await fleet("upgrade-check", "wev", "26.05", "--repo", root), { code: 2, err: /did you mean web/ });
});
