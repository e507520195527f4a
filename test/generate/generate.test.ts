import { readFileSync } from "node:fs";
import { join } from "node:path";
import t from "tap";
import { generateNixos, isGenerated } from "../../src/generate/index.ts";
import { parseManifest, type Fleet } from "../../src/manifest/index.ts";
import { matchGolden } from "../support/golden.ts";

const ROOT = join(import.meta.dirname, "../..");

function fleetOf(manifest: string): Fleet {
  const { fleet, diagnostics } = parseManifest("fleet.yaml", manifest);
  if (fleet === undefined) throw new Error(JSON.stringify(diagnostics));
  return fleet;
}

const example = fleetOf(readFileSync(join(ROOT, "fleet.yaml"), "utf8"));
const nas = {
  file: "hosts/nas/configuration.nix",
  text: readFileSync(join(ROOT, "hosts/nas/configuration.nix"), "utf8"),
  modulesImport: "./utils/modules",
};
const inputs = {
  promtail: "modules/promtail",
  pipeline: 'logging {\n\tlevel = "info"\n}\n',
  test: "name: a test\n",
  hosts: [nas],
};

t.test("the example's module is the golden one", (t) => {
  const { files, whole, diagnostics } = generateNixos(example, inputs);
  t.same(diagnostics, []);
  t.same(
    [...whole],
    ["modules/alloy/default.nix", "modules/alloy/config.alloy", "modules/alloy/config.test.yaml"],
  );
  t.same([...files.keys()], [...whole, nas.file]);
  for (const path of whole) {
    const text = files.get(path) ?? "";
    t.ok(isGenerated(text), `${path} says that it is generated`);
    matchGolden(t, `generate/${path}`, text);
  }
  t.end();
});

t.test("a pipeline without a test has no file for one", (t) => {
  const { files } = generateNixos(example, { ...inputs, test: undefined });
  t.same([...files.keys()], ["modules/alloy/default.nix", "modules/alloy/config.alloy", nas.file]);
  t.end();
});

t.test("layout, secret and variable come from the manifest", (t) => {
  const fleet = fleetOf(`version: 1
layout: { modules: shared }
loki: { url: "https://l/p", credential: { env: PW, sops: { secret: "in" } } }
channels: { "26.05": {} }
hosts: { nas: { channel: "26.05", ship: alloy } }
`);
  const text = generateNixos(fleet, inputs).files.get("shared/alloy/default.nix") ?? "";
  t.match(text, 'environmentFile = config.sops.secrets."in".path;');
  t.match(text, '  sops.secrets."in".restartUnits = [ "alloy.service" ];');
  t.match(text, "# Holds PW for config.alloy.");
  t.end();
});

t.test("a host that cannot be wired is a diagnostic, and the others are wired", (t) => {
  const broken = { ...nas, file: "hosts/web/configuration.nix", text: "{ }" };
  const { files, diagnostics } = generateNixos(example, { ...inputs, hosts: [broken, nas] });
  t.match(diagnostics, [{ code: "generate/no-imports", span: { file: broken.file } }]);
  t.notOk(files.has(broken.file));
  t.match(files.get(nas.file), /\.\/utils\/modules\/alloy/);
  t.end();
});
