import t from "tap";
import { parseManifest, type Fleet } from "../../src/manifest/index.ts";
import { checkChange, strictly, type FileChange, type RuleReport } from "../../src/rules/index.ts";

function fleetWith(rules = "{}"): Fleet {
  const text = `version: 1
loki: { url: https://loki.example.com/loki/api/v1/push }
channels: { "26.05": {} }
hosts: { nas: { channel: "26.05" }, web: { channel: "26.05" } }
rules: ${rules}
`;
  const { fleet, diagnostics } = parseManifest("fleet.yaml", text);
  if (fleet === undefined) throw new Error(JSON.stringify(diagnostics));
  return fleet;
}

/** What the rules say of a change, as `rule severity file:line:column`. */
function said(changes: readonly FileChange[], fleet = fleetWith()): string[] {
  return checkChange(fleet, changes).flatMap(({ rule, diagnostics }) =>
    diagnostics.map(
      ({ severity, span }) =>
        `${rule} ${severity} ${span?.file ?? ""}:${span?.start.line ?? 0}:${span?.start.column ?? 0}`,
    ),
  );
}

const edit = (path: string, before: string | undefined, after: string | undefined): FileChange => ({
  path,
  before,
  after,
});
const SECRETS = edit("hosts/nas/secrets.yaml", "a: 1\nb: 2\n", "a: 1\nb: 3\n");
const README = edit("README.md", "x", "y");
const CONFIGURATION = "hosts/nas/configuration.nix";

t.test("an encrypted file that changes with others is pointed at where it differs", (t) => {
  t.same(said([SECRETS, README]), ["secrets-untouched warning hosts/nas/secrets.yaml:2:4"]);
  t.same(said([SECRETS]), [], "by itself it may change");
  t.same(said([edit(SECRETS.path, undefined, "a: 1\n"), README]), [], "a new one comes with what needs it");
  t.match(said([edit(SECRETS.path, "a: 1\n", undefined), README]), [
    "secrets-untouched warning hosts/nas/secrets.yaml:1:1",
  ]);
  t.same(said([edit("hosts/other/secrets.yaml", "a", "b"), README]), [], "of no host");
  t.end();
});

t.test("a host's stateVersion stays, however it is written and wherever in its files it stands", (t) => {
  const version = (value: string): string => `{\n  system.stateVersion = "${value}";\n}\n`;
  t.same(said([edit(CONFIGURATION, version("23.11"), version("26.05"))]), [
    `state-version-unchanged error ${CONFIGURATION}:2:3`,
  ]);
  t.same(
    said([edit(CONFIGURATION, version("23.11"), '{ system = { stateVersion = "26.05"; }; }')]).length,
    1,
  );
  t.same(
    said([edit(CONFIGURATION, version("23.11"), '{\n# moved\nsystem = { stateVersion = "23.11"; }; }')]),
    [],
  );
  t.same(said([edit(CONFIGURATION, version("23.11"), "{ }")]), [
    `state-version-unchanged error ${CONFIGURATION}:1:1`,
  ]);
  t.same(said([edit(CONFIGURATION, undefined, version("26.05"))]), [], "a new host begins with today's");
  t.same(
    said([
      edit(CONFIGURATION, version("23.11"), "{ }"),
      edit("hosts/nas/system.nix", undefined, version("23.11")),
    ]),
    [],
    "it may move from one file to another",
  );
  t.same(
    said([edit("modules/base.nix", version("23.11"), version("26.05"))]).length,
    1,
    "also in a shared module",
  );
  t.end();
});

t.test("a module is imported by a path that is written out", (t) => {
  const imports = (list: string): FileChange[] => [edit(CONFIGURATION, "{ }", `{ imports = ${list}; }`)];
  for (const explicit of [
    "[ ./hardware.nix ../../modules/alloy ]",
    '[ (modulesPath + "/profiles/headless.nix") inputs.sops-nix.nixosModules.sops { time.timeZone = "UTC"; } ]',
    "[ (import ./module.nix { inherit lib; }) ./a ]",
    "[ ]",
  ])
    t.same(said(imports(explicit)), [], explicit);
  for (const vague of [
    "[ <nixpkgs/nixos/modules/profiles/headless.nix> ]",
    '[ "/etc/nixos/hardware.nix" ]',
    '[ (./. + "/modules.nix") ]',
    "[ ./modules/${name}.nix ]",
    "map (name: ./. + name) (attrNames (readDir ./.))",
    "[ ./a.nix ] ++ more",
    "[ (import <home-manager/nixos>) ]",
  ])
    t.match(said(imports(vague)), [/^explicit-imports warning/], vague);
  const kept = "{ imports = [ <a/b> ]; }";
  t.same(
    said([edit(CONFIGURATION, kept, `${kept} # more`)]),
    [],
    "what was there before is not of this change",
  );
  t.same(
    said([edit(CONFIGURATION, "{ }", "{ imports = [ <a/b> ")]),
    [],
    "what is no Nix is the gate's to tell",
  );
  t.end();
});

t.test("the manifest says how a rule counts", (t) => {
  const change = [
    SECRETS,
    edit(CONFIGURATION, '{ system.stateVersion = "23.11"; }', '{ system.stateVersion = "26.05"; }'),
  ];
  const levels = (reports: readonly RuleReport[]): string[] =>
    reports.map(({ rule, level, diagnostics }) => `${rule} ${level} ${diagnostics[0]?.severity ?? "holds"}`);
  t.same(levels(checkChange(fleetWith(), change)), [
    "secrets-untouched warn warning",
    "state-version-unchanged error error",
    "explicit-imports warn holds",
  ]);
  const own = fleetWith("{ secrets-untouched: off, state-version-unchanged: warn }");
  t.same(levels(checkChange(own, change)), [
    "state-version-unchanged warn warning",
    "explicit-imports warn holds",
  ]);
  t.same(levels(checkChange(strictly(own), change)), [
    "state-version-unchanged error error",
    "explicit-imports error holds",
  ]);
  t.end();
});
