import { execFileSync } from "node:child_process";
import { appendFile, mkdir, mkdtemp, readFile, rm, symlink, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout } from "node:timers/promises";
import t, { type Test } from "tap";
import { gate, type GateOptions, type GateReport } from "../../src/gate/index.ts";
import { parseManifest, type Fleet } from "../../src/manifest/index.ts";
import { findProgram } from "../../src/programs/index.ts";
import { exampleFleet } from "../support/example.ts";

const NIXPKGS = join(import.meta.dirname, "../fixtures/nixpkgs");
/** Longer than a file that was just written counts as one that may still change. */
const MOMENT = 200;

interface Place {
  root: string;
  /** Runs the gate with the cache of this place; gives each host's name, verdict and how it was had. */
  run: (options?: Partial<GateOptions>) => Promise<GateReport>;
}

/** A copy of the example fleet, with a cache of its own. */
async function place(t: Test, change: (manifest: string) => string = (text) => text): Promise<Place> {
  const root = await exampleFleet(t);
  const directory = await mkdtemp(join(tmpdir(), "fleet-cache-"));
  t.teardown(() => rm(directory, { recursive: true, force: true }));
  const run: Place["run"] = async (options) => {
    await setTimeout(MOMENT);
    const text = change(await readFile(join(root, "fleet.yaml"), "utf8"));
    const fleet = parseManifest("fleet.yaml", text).fleet as Fleet;
    return gate(fleet, root, { env: process.env, cache: { directory }, ...options });
  };
  return { root, run };
}

/** The hosts that were evaluated. */
function evaluated({ hosts }: GateReport): string[] {
  return hosts.filter(({ cached }) => !cached).map(({ host }) => host);
}

const ALL = ["nas", "web", "mail", "gw", "build"];

t.test(
  "without a change nothing is evaluated; a host's file concerns that host, a module who imports it",
  async (t) => {
    const { root, run } = await place(t);
    t.same(evaluated(await run()), ALL);
    const known = await run();
    t.same(evaluated(known), []);
    t.match(known.summary, { pass: 5 });
    t.match(known.nix, /^\d+\.\d+/);

    await appendFile(join(root, "hosts/web/configuration.nix"), "# a comment\n");
    t.same(evaluated(await run()), ["web"]);
    await appendFile(join(root, "modules/promtail/default.nix"), "# a comment\n");
    t.same(evaluated(await run()), ["web", "mail", "gw", "build"], "nas does not import it");
    await writeFile(join(root, "README.md"), "nobody reads this");
    t.same(evaluated(await run()), []);
    t.same(evaluated(await run({ cache: { directory: join(root, "elsewhere") } })), ALL);
  },
);

t.test("--cold evaluates, and what it finds is known to the next run", async (t) => {
  const { run } = await place(t);
  const directory = await mkdtemp(join(tmpdir(), "fleet-cache-"));
  t.teardown(() => rm(directory, { recursive: true, force: true }));
  t.same(evaluated(await run({ cache: { directory, cold: true } })), ALL);
  t.same(evaluated(await run({ cache: { directory, cold: true } })), ALL);
  t.same(evaluated(await run({ cache: { directory } })), []);
});

t.test("a file that was not there, a variable and a name of NIX_PATH are inputs", async (t) => {
  const { root, run } = await place(t);
  const file = join(root, "hosts/gw/configuration.nix");
  await writeFile(
    file,
    `{ lib, ... }: {
       imports = [ ./hardware-configuration.nix <extra> ] ++ lib.optional (builtins.pathExists ./local.nix) ./local.nix;
       environment.etc.site.text = builtins.getEnv "FLEET_SITE";
       networking.hostName = "gw";
       system.stateVersion = "25.11";
     }`,
  );
  const extra = join(root, "extra.nix");
  await writeFile(extra, "{ }");
  const env = { ...process.env, NIX_PATH: `extra=${extra}` };
  const only = { hosts: ["gw"], env };
  const first = await run(only);
  t.match(first.hosts, [{ cached: false, uncacheable: undefined }]);
  t.same(evaluated(await run(only)), []);
  t.same(evaluated(await run({ ...only, env: { ...env, FLEET_SITE: "berlin" } })), ["gw"]);
  t.same(evaluated(await run({ ...only, env: { ...env, FLEET_SITE: "berlin", FLEET_OTHER: "1" } })), []);
  await writeFile(join(root, "hosts/gw/local.nix"), "{ services.openssh.enabel = true; }");
  t.match((await run(only)).hosts, [{ cached: false, verdict: "fail" }]);
  t.match((await run(only)).hosts, [
    { cached: true, verdict: "fail", diagnostics: [{ code: "gate/unknown-option" }] },
  ]);
  await rm(join(root, "hosts/gw/local.nix"));
  t.match((await run(only)).hosts, [{ cached: true, verdict: first.hosts[0]?.verdict }]);
  await writeFile(extra, "{ services.openssh.enabel = true; }");
  t.match((await run(only)).hosts, [{ cached: false, verdict: "fail" }]);
  await writeFile(join(root, "other.nix"), "{ }");
  t.same(evaluated(await run({ ...only, env: { ...env, NIX_PATH: `extra=${root}/other.nix` } })), ["gw"]);
});

t.test("a host that asks for the time is evaluated each time, and the report says why", async (t) => {
  const { root, run } = await place(t);
  await writeFile(
    join(root, "hosts/gw/hardware-configuration.nix"),
    "{ environment.etc.built.text = toString (with builtins; currentTime); }",
  );
  await run();
  const again = await run();
  t.same(evaluated(again), ["gw"]);
  t.match(again.hosts[3], { host: "gw", uncacheable: "builtins.currentTime" });
});

t.test("mistakes that Nix cannot catch concern their host alone", async (t) => {
  const { root, run } = await place(t);
  const mistakes: Record<string, string> = {
    web: "let x = x; in x",
    mail: '{ networking.hostName = abort "no"; }',
    gw: "{ networking.hostName = ",
    build: '{ networking.hostName = throw "no"; }',
  };
  for (const [host, text] of Object.entries(mistakes)) {
    await writeFile(join(root, `hosts/${host}/hardware-configuration.nix`), text);
  }
  const report = await run();
  t.same(
    report.hosts.map(({ host, verdict }) => `${host} ${verdict}`),
    ["nas pass", "web fail", "mail fail", "gw fail", "build fail"],
  );
  for (const { host, diagnostics } of report.hosts.slice(1)) {
    t.match(diagnostics[0]?.span?.file, `hosts/${host}/`, `${host}: ${diagnostics[0]?.message ?? ""}`);
  }
  const known = await run();
  t.same(evaluated(known), [], "failures are known too");
  t.same(
    known.hosts.map(({ diagnostics }) => diagnostics.map(({ message }) => message)),
    report.hosts.map(({ diagnostics }) => diagnostics.map(({ message }) => message)),
  );
});

t.test(
  "a host that needs far more memory than there is is a finding, and the others keep their verdicts",
  async (t) => {
    const { root, run } = await place(t);
    await writeFile(
      join(root, "hosts/gw/hardware-configuration.nix"),
      '{ environment.etc.large.text = toString (builtins.length (builtins.genList (n: toString n) 20000000)) + builtins.concatStringsSep "" (builtins.genList (n: toString n) 20000000); }',
    );
    const report = await run({ memory: 450e6 });
    t.match(report.summary, { pass: 4, fail: 1 });
    t.match(report.hosts[3], { host: "gw", verdict: "fail", diagnostics: [{ code: "gate/out-of-memory" }] });
    t.match(report.hosts[3]?.uncacheable, /did not come to its end/);
  },
);

t.test("two gates at once share a cache", async (t) => {
  const { run } = await place(t);
  const reports = await Promise.all([run(), run(), run()]);
  for (const { summary } of reports) t.match(summary, { pass: 5 });
  t.same(evaluated(await run()), []);
});

const strace = await findProgram("strace", { env: process.env });
const traced = strace === undefined ? { skip: "strace is not on this machine" } : {};

t.test("what a nixpkgs reads is an input too, file by file", traced, async (t) => {
  const { root, run } = await place(t);
  const env = { ...process.env, FLEET_NIXPKGS: `26.05=${NIXPKGS}` };
  const only = { hosts: ["nas"], env };
  t.match((await run(only)).hosts, [
    { through: "nixpkgs", cached: false, uncacheable: undefined, verdict: "pass" },
  ]);
  t.same(evaluated(await run(only)), []);
  await writeFile(join(root, "hosts/web/configuration.nix"), "another host");
  t.same(evaluated(await run(only)), []);
  await appendFile(join(root, "hosts/nas/hardware-configuration.nix"), "# a comment\n");
  t.same(evaluated(await run(only)), ["nas"]);
  await writeFile(
    join(root, "hosts/nas/hardware-configuration.nix"),
    "{ environment.etc.t.text = toString builtins.currentTime; }",
  );
  t.match((await run(only)).hosts, [
    { uncacheable: /^builtins\.currentTime, which .*hardware-configuration\.nix mentions$/ },
  ]);
  t.same(evaluated(await run(only)), ["nas"]);
});

t.test("without strace a host of a nixpkgs is evaluated each time, and the report says why", async (t) => {
  const { root, run } = await place(t);
  const bin = join(root, "bin");
  await mkdir(bin);
  const nix = await findProgram("nix", { env: process.env });
  for (const name of ["nix", "nix-instantiate"])
    await symlink(join(nix?.path ?? "", "..", name), join(bin, name));
  const env = { ...process.env, PATH: bin, FLEET_NIXPKGS: `26.05=${NIXPKGS}` };
  const { hosts } = await run({ hosts: ["nas"], env });
  t.match(hosts, [{ verdict: "pass", uncacheable: /strace is not on this machine/ }]);
  t.same(evaluated(await run({ hosts: ["nas"], env })), ["nas"]);
});

t.test("a host that imports what has to be built says so", traced, async (t) => {
  const { root, run } = await place(t);
  const env = { ...process.env, FLEET_NIXPKGS: `26.05=${NIXPKGS}` };
  await writeFile(
    join(root, "hosts/nas/hardware-configuration.nix"),
    `{ imports = [ (import (derivation {
         name = "module"; system = builtins.currentSystem; builder = "/bin/sh"; args = [ "-c" "echo '{ }' > $out" ];
       })) ]; }`,
  );
  const { hosts } = await run({ hosts: ["nas"], env });
  t.match(hosts[0]?.diagnostics[0], { code: "gate/import-from-derivation", severity: "warning" });
});

t.test("a flake in a git work tree is known by its files, dirty or not", traced, async (t) => {
  const { root, run } = await place(t, (text) =>
    text.replace('nas: { channel: "26.05"', 'nas: { channel: "26.05", flake: ".#nas"'),
  );
  await rm(join(root, ".git"), { recursive: true });
  await writeFile(
    join(root, "flake.nix"),
    `{ outputs = { self }: { nixosConfigurations.nas = import ${NIXPKGS}/nixos/lib/eval-config.nix {
         modules = [ ./hosts/nas/configuration.nix ]; }; }; }`,
  );
  const git = (...argv: string[]): Buffer => execFileSync("git", ["-C", root, ...argv]);
  git("init", "-q");
  git("add", ".");
  git("-c", "user.name=x", "-c", "user.email=x@example.com", "commit", "-qm", "first");
  const only = { hosts: ["nas"] };
  const first = await run(only);
  t.match(first.hosts, [{ verdict: "pass", cached: false, uncacheable: undefined }]);
  t.same(evaluated(await run(only)), []);
  await appendFile(join(root, "hosts/nas/hardware-configuration.nix"), "# a comment\n");
  t.same(evaluated(await run(only)), ["nas"]);
  await writeFile(join(root, "hosts/nas/hardware-configuration.nix"), "{ services.promtail = { }; }");
  t.match((await run(only)).hosts, [{ verdict: "fail" }]);
});
