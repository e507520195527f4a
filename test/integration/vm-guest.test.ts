import { cp, readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import t, { type Test } from "tap";
import type { Fleet, Host } from "../../src/manifest/index.ts";
import { withGenerated } from "../../src/migrate/index.ts";
import { findProgram } from "../../src/programs/index.ts";
import { loadFleet } from "../../src/repository/index.ts";
import { decryptSecrets, renderSystem, type RenderedSystem } from "../../src/vm/guest/index.ts";
import type { Shipper } from "../../src/vm/scenario/index.ts";
import { exampleFleet } from "../support/example.ts";
import { fleet as run } from "../support/fleet.ts";
import { failureOf } from "../support/failure.ts";

const AGE_KEY = join(import.meta.dirname, "../fixtures/age/nas.txt");
const env: Record<string, string | undefined> = {
  ...process.env,
  SOPS_AGE_KEY: undefined,
  SOPS_AGE_KEY_FILE: undefined,
};
const sops = await findProgram("sops", { env });
const age = await findProgram("age", { env });
const skip = sops === undefined ? "there is no sops" : age === undefined ? "there is no age" : false;

interface Example {
  root: string;
  fleet: Fleet;
  nas: Host;
}

/** The example fleet, after `fleet generate` unless said otherwise. */
async function example(t: Test, { generated = true } = {}): Promise<Example> {
  const root = await exampleFleet(t);
  if (generated) {
    const { code, err } = await run("generate", "--repo", root);
    t.equal(code, 0, err);
  }
  const { fleet } = await loadFleet(root);
  const nas = fleet.hosts.find(({ name }) => name === "nas");
  if (nas === undefined) throw new Error("the example has no nas");
  return { root, fleet, nas };
}

function render({ root, fleet, nas }: Example, ...shippers: Shipper[]): Promise<RenderedSystem> {
  return renderSystem({ root, fleet, host: nas, shippers, env });
}

t.test("the unit of Alloy is what NixOS makes of the host's configuration", async (t) => {
  const system = await render(await example(t), "alloy");
  t.equal(system.hostName, "nas");
  t.match(system.through, /option surface of NixOS 26\.05, nix/);
  const [unit] = system.units;
  const HASH = "[a-z0-9]{32}";
  const text = unit?.text.replaceAll(new RegExp(`/nix/store/${HASH}-`, "g"), "STORE-");
  t.equal(
    text,
    [
      "[Unit]",
      "X-Reload-Triggers=STORE-X-Reload-Triggers-alloy",
      "",
      "[Service]",
      "ConfigurationDirectory=alloy",
      "DynamicUser=true",
      "EnvironmentFile=/run/secrets/alloy-env",
      "ExecReload=STORE-coreutils/bin/kill -SIGHUP $MAINPID",
      "ExecStart=STORE-grafana-alloy/bin/alloy run /etc/alloy --disable-reporting",
      "Restart=always",
      "RestartSec=2",
      "StateDirectory=alloy",
      "SupplementaryGroups=systemd-journal",
      "Type=simple",
      "WorkingDirectory=%S/alloy",
      "",
      "[Install]",
      "WantedBy=multi-user.target",
      "",
    ].join("\n"),
  );
  t.match(system.files, [{ path: "/etc/alloy/config.alloy", text: /loki\.write/ }]);
  t.match(system.secrets, [
    { name: "alloy-env", path: "/run/secrets/alloy-env", mode: "0400", owner: "root" },
  ]);
});

t.test("beside Alloy, Promtail runs as 25.11 has it, and each says who it is", async (t) => {
  const system = await render(await example(t), "promtail", "alloy");
  t.match(system.through, /NixOS 25\.11/);
  const unit = system.units.find(({ name }) => name === "promtail.service")?.text ?? "";
  t.match(
    unit,
    /^ExecStart=.*\/bin\/promtail -config\.file=\S+promtail-config\.json '-client\.external-labels=collector=promtail'$/m,
  );
  t.match(unit, /^X-StopIfChanged=false$/m);
  t.match(unit, /^ProtectSystem=strict$/m);
  const [, path] = /-config\.file=(\S+)/.exec(unit) ?? [];
  const file = system.files.find((one) => one.path === path);
  t.match(JSON.parse(file?.text ?? ""), { clients: [{ url: "https://loki.example.com/loki/api/v1/push" }] });
  const alloy = system.files.find((one) => one.path === "/etc/alloy/config.alloy");
  t.match(alloy?.text, /external_labels = \{ collector = "alloy"/);
  t.same(system.secrets.map(({ name }) => name).sort(), ["alloy-env", "promtail-password"]);
});

t.test("a host that does not run the shipper, or does not evaluate, is one diagnostic", async (t) => {
  const before = await example(t, { generated: false });
  t.match((await failureOf(render(before, "alloy"))).diagnostics, [
    { code: "guest/no-shipper", hint: /fleet generate/ },
  ]);
});

t.test(
  "a host that does not ship with Alloy yet is looked at in a copy; a module that is there, as it is",
  async (t) => {
    const { root, fleet, nas } = await example(t, { generated: false });
    const context = { root, env, log: () => undefined, signal: new AbortController().signal };
    const module = join(root, "modules/alloy/config.alloy");
    await withGenerated(context, fleet, nas, async (tree) => {
      t.not(tree.root, root);
      t.ok(tree.changed.includes("modules/alloy/config.alloy"));
      await cp(join(tree.root, "modules/alloy"), join(root, "modules/alloy"), { recursive: true });
      await cp(join(tree.root, "hosts/nas/configuration.nix"), join(root, "hosts/nas/configuration.nix"));
    });
    const text = await readFile(module, "utf8");
    await writeFile(module, text.replace("session.scope", "login.scope"));
    await withGenerated(context, fleet, nas, async (tree) => {
      t.equal(tree.root, root);
      t.same(tree.changed, []);
      t.match(await readFile(module, "utf8"), /login\.scope/);
    });
  },
);

t.test(
  "secrets are made for the run where no identity is named, and go through sops",
  { skip },
  async (t) => {
    const { root, fleet, nas } = await example(t);
    const { secrets } = await renderSystem({ root, fleet, host: nas, shippers: ["promtail", "alloy"], env });
    const made = await decryptSecrets({ fleet, secrets, env });
    t.match(made.source, /^made for this run/);
    t.match(made.contents.get("alloy-env"), /^LOKI_PASSWORD=\S{20,}$/);
    t.equal(made.contents.get("promtail-password"), made.password);
    const again = await decryptSecrets({ fleet, secrets, env });
    t.not(again.password, made.password);
  },
);

t.test("with an identity, they are the host's own", { skip }, async (t) => {
  const { root, fleet, nas } = await example(t);
  const { secrets } = await renderSystem({ root, fleet, host: nas, shippers: ["alloy"], env });
  const own = await decryptSecrets({ fleet, secrets, env: { ...env, SOPS_AGE_KEY_FILE: AGE_KEY } });
  t.match(own.source, /^decrypted from .*hosts\/nas\/secrets\.yaml$/);
  t.equal(own.contents.get("alloy-env")?.trim(), `LOKI_PASSWORD=${own.password}`);
  const wrong = join(import.meta.dirname, "../fixtures/age/web.txt");
  t.match(
    (await failureOf(decryptSecrets({ fleet, secrets, env: { ...env, SOPS_AGE_KEY_FILE: wrong } })))
      .diagnostics,
    [{ code: "guest/no-secret" }],
  );
});
