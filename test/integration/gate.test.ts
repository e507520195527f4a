import { readFile, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import t from "tap";
import type { GateJson } from "../../src/gate/json.ts";
import { exampleFleet } from "../support/example.ts";
import { fleet } from "../support/fleet.ts";

const NIXPKGS = join(import.meta.dirname, "../fixtures/nixpkgs");

async function replace(root: string, path: string, from: string | RegExp, to: string): Promise<void> {
  const text = await readFile(join(root, path), "utf8");
  await writeFile(join(root, path), text.replace(from, to));
}

/** Runs the gate as a program would, with these variables of the environment. */
async function gateJson(
  root: string,
  env: Record<string, string>,
  ...argv: string[]
): Promise<GateJson & { code: number }> {
  const before = { ...process.env };
  Object.assign(process.env, env);
  try {
    const { code, out } = await fleet("gate", "--json", "--repo", root, ...argv);
    return { code, ...(JSON.parse(out) as GateJson) };
  } finally {
    for (const name of Object.keys(env)) {
      if (before[name] === undefined) Reflect.deleteProperty(process.env, name);
      else process.env[name] = before[name];
    }
  }
}

t.test("the five example hosts pass, evaluated through the embedded surface", async (t) => {
  const root = await exampleFleet(t);
  const report = await gateJson(root, {});
  t.match(report, { ok: true, code: 0, summary: { pass: 5, fail: 0, unverified: 0 } });
  t.same(
    report.hosts.map(({ host, channel, verdict, through }) => [host, channel, verdict, through]),
    [
      ["nas", "26.05", "pass", "embedded"],
      ["web", "25.11", "pass", "embedded"],
      ["mail", "25.11", "pass", "embedded"],
      ["gw", "25.11", "pass", "embedded"],
      ["build", "25.11", "pass", "embedded"],
    ],
  );
  t.match(report.notes, [/nixos-26.05 is not in NIX_PATH/, /nixos-25.11 is not in NIX_PATH/]);
});

t.test("services.promtail on 26.05 fails the host at its line", async (t) => {
  const root = await exampleFleet(t);
  const path = "hosts/nas/configuration.nix";
  await replace(root, path, "  time.timeZone", "  services.promtail.enable = true;\n  time.timeZone");
  const line =
    (await readFile(join(root, path), "utf8")).split("\n").indexOf("  services.promtail.enable = true;") + 1;
  const report = await gateJson(root, {}, "--host", "nas");
  t.match(report, {
    ok: false,
    code: 1,
    hosts: [
      {
        host: "nas",
        verdict: "fail",
        diagnostics: [
          { code: "gate/removed-option", file: path, line, hint: /26\.05 no longer has services\.promtail/ },
        ],
      },
    ],
  });
});

t.test(
  "a misspelt option of a generated module is found in modules/, not behind the host's link",
  async (t) => {
    const root = await exampleFleet(t);
    t.match(await fleet("generate", "--repo", root), { code: 0 });
    t.match(await gateJson(root, {}), { code: 0, summary: { pass: 5 } });
    await replace(root, "modules/alloy/default.nix", /\benable = true/, "enabel = true");
    const report = await gateJson(root, {});
    t.match(report, { code: 1, summary: { pass: 4, fail: 1 } });
    t.match(report.hosts[0]?.diagnostics, [
      {
        code: "gate/unknown-option",
        file: "modules/alloy/default.nix",
        message: /The option `services\.alloy\.enabel' does not exist/,
        hint: "Did you mean `services.alloy.enable'?",
      },
    ]);
  },
);

t.test("a person sees a table, the finding, its line and what to do", async (t) => {
  const root = await exampleFleet(t);
  await replace(
    root,
    "hosts/nas/configuration.nix",
    "services.smartd.enable = true;",
    "services.alloy.enabel = 1;",
  );
  const { code, out, err } = await fleet("gate", "--host", "nas", "--repo", root);
  t.equal(code, 1);
  t.match(out, /^nas +26\.05 +fail +\d+\.\d\d +embedded option surface, nix \d/m);
  t.match(err, /^hosts\/nas\/configuration\.nix:\d+:3: error\[gate\/unknown-option\]/m);
  t.match(err, /\| {3}services\.alloy\.enabel = 1;\n +\| {3}\^{21}\n/);
  t.match(err, "hint: Did you mean `services.alloy.enable'?");
});

t.test("through a nixpkgs that FLEET_NIXPKGS names for one channel", async (t) => {
  const root = await exampleFleet(t);
  const env = { FLEET_NIXPKGS: `26.05=${NIXPKGS}` };
  const report = await gateJson(root, env);
  t.match(report, { code: 0, summary: { pass: 5 } });
  t.match(report.hosts[0], { host: "nas", through: "nixpkgs", nixpkgs: NIXPKGS });
  t.match(report.hosts[1], { host: "web", through: "embedded", nixpkgs: undefined });

  await replace(
    root,
    "hosts/nas/configuration.nix",
    "services.smartd.enable = true;",
    "services.alloy.enabel = 1;",
  );
  const failed = await gateJson(root, env, "--host", "nas");
  t.match(failed.hosts[0]?.diagnostics, [
    { code: "gate/unknown-option", file: "hosts/nas/configuration.nix" },
  ]);
  t.match(failed.hosts[0]?.diagnostics[0]?.span?.end.column, 24, "the message names no line, the file does");
});

t.test("through a nixpkgs of another release than the channel says, with a warning", async (t) => {
  const root = await exampleFleet(t);
  const report = await gateJson(root, { NIX_PATH: `nixos-25.11=${NIXPKGS}` }, "--host", "web");
  t.match(report.hosts[0], {
    verdict: "fail",
    through: "nixpkgs",
    diagnostics: [
      { code: "gate/removed-option", file: "modules/promtail/default.nix" },
      { code: "gate/release-differs", severity: "warning" },
    ],
  });
});

t.test("a host of a flake is evaluated as the flake says, and pointed at in the repository", async (t) => {
  const root = await exampleFleet(t);
  await rm(join(root, ".git"), { recursive: true });
  await writeFile(
    join(root, "flake.nix"),
    `{ outputs = { self }: { nixosConfigurations.nas = import ${NIXPKGS}/nixos/lib/eval-config.nix {
         modules = [ ./hosts/nas/configuration.nix ]; }; }; }`,
  );
  await replace(root, "fleet.yaml", 'nas: { channel: "26.05"', 'nas: { channel: "26.05", flake: ".#nas"');
  t.match((await gateJson(root, {}, "--host", "nas")).hosts[0], { verdict: "pass", through: "nixpkgs" });

  await replace(
    root,
    "hosts/nas/configuration.nix",
    "services.smartd.enable = true;",
    "services.promtail = { };",
  );
  t.match((await gateJson(root, {}, "--host", "nas")).hosts[0], {
    verdict: "fail",
    diagnostics: [{ code: "gate/removed-option", file: "hosts/nas/configuration.nix" }],
  });
});

t.test("a nixpkgs that is not there, or too new for this Nix, ends the run", async (t) => {
  const root = await exampleFleet(t);
  t.match(await gateJson(root, { FLEET_NIXPKGS: "/nonexistent" }), {
    code: 2,
    ok: false,
    diagnostics: [
      { code: "nix/nixpkgs-missing", message: "FLEET_NIXPKGS names /nonexistent, which holds no nixpkgs" },
    ],
  });
  t.match(await gateJson(root, { FLEET_NIXPKGS: join(NIXPKGS, "../nixpkgs-too-new") }), {
    code: 2,
    diagnostics: [
      {
        code: "nix/too-old",
        message: /^Nix \d.* cannot read the nixpkgs at .* asks for: Nix 99\.0 or newer$/,
      },
    ],
  });
});
