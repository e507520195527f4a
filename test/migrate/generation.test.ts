import { mkdir, rm, symlink, writeFile } from "node:fs/promises";
import { join } from "node:path";
import t from "tap";
import { parse } from "yaml";
import { format } from "../../src/alloy/index.ts";
import { isGenerated } from "../../src/generate/index.ts";
import type { Fleet } from "../../src/manifest/index.ts";
import { pipelineModule, prepareGeneration, type Generation } from "../../src/migrate/generation.ts";
import { parsePromtail } from "../../src/promtail/index.ts";
import { applyChanges, loadFleet } from "../../src/repository/index.ts";
import { exampleFleet } from "../support/example.ts";
import { failureOf } from "../support/failure.ts";

const PROMTAIL = `
clients:
  - url: https://loki.example.com/loki/api/v1/push
    basic_auth: { username: promtail@example.com, password_file: /run/secrets/promtail-password }
scrape_configs:
  - job_name: journal
    journal: { json: true, max_age: 12h, labels: { job: systemd-journal } }
`;

async function prepare(root: string, yaml = PROMTAIL, options = {}): Promise<Generation> {
  const { fleet } = await loadFleet(root);
  const { promtail, diagnostics } = parsePromtail("modules/promtail (rendered)", yaml);
  if (promtail === undefined) throw new Error(JSON.stringify(diagnostics));
  const through = { kind: "embedded" as const, release: "25.11", nix: "2.8.0" };
  const source = {
    module: "modules/promtail",
    configuration: parse(yaml) as unknown,
    yaml,
    promtail,
    through,
    diagnostics,
  };
  const hosts = fleet.hosts.filter((host) => host.ship === "alloy");
  return prepareGeneration(root, fleet, hosts, source, options);
}

const errors = ({ diagnostics }: Generation): string[] =>
  diagnostics.filter(({ severity }) => severity === "error").map(({ code }) => code);

t.test("the example needs four files, and none once they are written", async (t) => {
  const root = await exampleFleet(t);
  const first = await prepare(root);
  t.same(errors(first), []);
  t.same(
    first.changes.map(({ path }) => path),
    [
      "hosts/nas/configuration.nix",
      "modules/alloy/config.alloy",
      "modules/alloy/config.test.yaml",
      "modules/alloy/default.nix",
    ],
  );
  t.match(first.configuration, 'password = sys.env("LOKI_PASSWORD")');
  t.notMatch(first.configuration, "password_file");
  t.equal(
    format("config.alloy", first.configuration).text,
    first.configuration,
    "alloy fmt keeps it, header and all",
  );
  await applyChanges(root, first.changes);
  t.same((await prepare(root)).changes, []);
});

t.test("a hand edit of config.alloy is found, and mended by generating again", async (t) => {
  const root = await exampleFleet(t);
  const { changes, configuration } = await prepare(root);
  await applyChanges(root, changes);
  await writeFile(join(root, "modules/alloy/config.alloy"), `${configuration}// by hand\n`);
  const again = await prepare(root);
  t.match(again.changes, [{ path: "modules/alloy/config.alloy", after: configuration }]);
  t.same(errors(again), []);
});

t.test("a module that fleet did not write is not taken over unless forced", async (t) => {
  const root = await exampleFleet(t);
  await mkdir(join(root, "modules/alloy"));
  await writeFile(join(root, "modules/alloy/default.nix"), "{ services.alloy.enable = true; }\n");
  t.same(errors(await prepare(root)), ["generate/not-ours"]);
  const forced = await prepare(root, PROMTAIL, { force: true });
  t.same(errors(forced), []);
  t.ok(forced.changes.every(({ path, after }) => path.startsWith("hosts/") || isGenerated(after)));
});

t.test("the import goes through the host's link where that leads to the modules, else up", async (t) => {
  const root = await exampleFleet(t);
  const imported = async (): Promise<string | undefined> =>
    /^.*modules\/alloy.*$|^.*utils\/alloy.*$/m.exec(
      (await prepare(root)).files.get("hosts/nas/configuration.nix") ?? "",
    )?.[0];
  t.equal(await imported(), "    ./utils/modules/alloy");
  await rm(join(root, "hosts/nas/utils"));
  t.equal(await imported(), "    ../../modules/alloy");
  await symlink("../../modules", join(root, "hosts/nas/utils"));
  t.equal(await imported(), "    ./utils/alloy");
});

t.test("a Loki other than the manifest's is a warning", async (t) => {
  const root = await exampleFleet(t);
  const { diagnostics } = await prepare(root, PROMTAIL.replace("loki.example.com", "logs.example.org"));
  t.match(
    diagnostics.filter(({ code }) => code === "generate/loki-differs"),
    [{ severity: "warning", message: /logs\.example\.org.*loki\.example\.com/ }],
  );
});

t.test("what cannot be converted is an error and changes nothing", async (t) => {
  const root = await exampleFleet(t);
  const twice = `${PROMTAIL}  - job_name: journal\n    journal: {}\n`;
  const { changes, diagnostics } = await prepare(root, twice);
  t.same(changes, []);
  t.ok(diagnostics.some(({ severity }) => severity === "error"));
});

t.test("there must be one module that the pipeline is made from", async (t) => {
  const { fleet } = await loadFleet(await exampleFleet(t));
  const withSources = (...modules: (string | undefined)[]): Fleet => ({
    ...fleet,
    hosts: fleet.hosts
      .slice(0, modules.length)
      .map((host, at) => ({ ...host, ship: "alloy", promtail: modules[at] })),
  });
  t.equal(pipelineModule(withSources("modules/promtail", undefined, "modules/promtail")), "modules/promtail");
  const refused = async (modules: (string | undefined)[]): Promise<unknown> =>
    (await failureOf(Promise.resolve().then(() => pipelineModule(withSources(...modules))))).diagnostics;
  t.match(await refused([undefined]), [{ code: "generate/no-source" }]);
  t.match(await refused(["modules/a", "modules/b"]), [{ code: "generate/several-sources" }]);
});
