import t from "tap";
import { touchedHosts } from "../../src/gate/index.ts";
import { parseManifest } from "../../src/manifest/index.ts";

const { fleet } = parseManifest(
  "fleet.yaml",
  `version: 1
loki: { url: https://loki.example.com/loki/api/v1/push, username: x, credential: { env: A, sops: { secret: a, file: s.yaml } } }
channels: { "26.05": {} }
hosts:
  web: { channel: "26.05", ship: none }
  web2: { channel: "26.05", ship: none }
  nas: { channel: "26.05", ship: none }
`,
);

const touched = (...files: string[]): string[] =>
  touchedHosts(fleet?.hosts ?? [], files).map(({ name }) => name);

t.test("a file below a host's directory touches that host alone", (t) => {
  t.same(touched("hosts/web/configuration.nix"), ["web"]);
  t.same(touched("hosts/nas/channel", "hosts/web2/a/b.nix"), ["web2", "nas"]);
  t.end();
});

t.test("a host's link that became a file, or a directory that became a link, touches that host", (t) => {
  t.same(touched("hosts/web/utils"), ["web"]);
  t.same(touched("hosts/nas"), ["nas"]);
  t.end();
});

t.test("anything else touches every host", (t) => {
  for (const file of [
    "modules/alloy/default.nix",
    "utils/modules",
    "fleet.yaml",
    "hosts/gone/x.nix",
    "../x",
    "README.md",
  ])
    t.same(touched("hosts/web/a.nix", file), ["web", "web2", "nas"], file);
  t.end();
});

t.test("no change touches no host", (t) => {
  t.same(touched(), []);
  t.end();
});
