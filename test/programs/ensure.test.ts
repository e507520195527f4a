import { chmodSync, existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import t, { type Test } from "tap";
import type { FleetError } from "../../src/diagnostics/index.ts";
import { ensureProgram, findProgram } from "../../src/programs/index.ts";

/** A machine of its own: an empty cache, and a PATH that has `bin` and the system's basic tools. */
function machine(t: Test): {
  bin: string;
  cache: string;
  env: Record<string, string>;
  program: (name: string, body: string) => string;
} {
  const root = t.testdir({ bin: {}, basics: {}, cache: {} });
  const bin = join(root, "bin");
  const basics = join(root, "basics");
  for (const name of ["sh", "sleep", "cp", "chmod", "env", "cat"]) {
    writeFileSync(join(basics, name), `#!/bin/sh\nPATH=/usr/bin:/bin exec ${name} "$@"\n`);
    chmodSync(join(basics, name), 0o755);
  }
  const cache = join(root, "cache");
  return {
    bin,
    cache,
    env: { PATH: `${bin}:${basics}`, FLEET_CACHE: cache, HOME: root, BIN: bin },
    program(name, body) {
      const path = join(bin, name);
      writeFileSync(path, `#!/bin/sh\n${body}\n`);
      chmodSync(path, 0o755);
      return path;
    },
  };
}

/** A compiler that notes each call and makes a program that prints its version. */
const GO = `
echo called >> "$BIN/go.calls"
echo "go: downloading example.org/x v1.0.0" >&2
while [ "$1" != -o ]; do shift; done
sleep 0.2
printf '#!/bin/sh\\necho loki\\n' > "$2"
chmod +x "$2"`;

t.test("a program on PATH is found with the version that it says", async (t) => {
  const { env, program } = machine(t);
  const path = program("alloy", "echo 'alloy, version v1.18.1 (branch: HEAD, revision: abc)'");
  t.same(await findProgram("alloy", { env }), {
    name: "alloy",
    path,
    version: "1.18.1",
    origin: "PATH",
    description: "alloy 1.18.1 (from PATH)",
  });
});

t.test("a program that the user names wins over PATH", async (t) => {
  const { env, program, bin } = machine(t);
  program("alloy", "echo v1.0.0");
  program("my-alloy", "echo v2.0.0");
  const found = await findProgram("alloy", { env, tools: { alloy: "./bin/my-alloy" }, cwd: join(bin, "..") });
  t.match(found, { origin: "explicit", version: "2.0.0", path: join(bin, "my-alloy") });
});

t.test("a wrong path that the user names is an error, not a reason to look further", async (t) => {
  const { env, program } = machine(t);
  program("alloy", "echo v1.0.0");
  const failure = findProgram("alloy", { env, tools: { alloy: "/nowhere/alloy" } });
  await t.rejects(failure, /programs\/explicit-missing: \/nowhere\/alloy, named as alloy/);
});

t.test("a program that cannot be had names every place that was looked at, and what to do", async (t) => {
  const { env } = machine(t);
  t.equal(await findProgram("alloy", { env }), undefined);
  const failure = (await ensureProgram("alloy", { env }).catch((caught: unknown) => caught)) as FleetError;
  t.match(failure.diagnostics[0], {
    code: "programs/not-found",
    message:
      "alloy, Grafana Alloy, cannot be had: not on PATH; no nixpkgs named by FLEET_NIXPKGS or NIX_PATH",
    hint: /nixpkgs grafana-alloy/,
  });
});

t.test(
  "Loki is built from its Go module once, with progress, and found in the cache afterwards",
  async (t) => {
    const { env, program, bin, cache } = machine(t);
    program("go", GO);
    t.equal(await findProgram("loki", { env }), undefined);
    const log: string[] = [];
    const made = await ensureProgram("loki", { env, log: (line) => log.push(line) });
    t.match(made, {
      origin: "go module",
      version: "3.7.8",
      description: "loki 3.7.8 (built from its Go module)",
    });
    t.ok(made.path.startsWith(join(cache, "programs", "loki-3.7.8-")));
    t.match(log[0], /building loki 3\.7\.8 from its Go module into .*about 5 minutes/);
    t.same(await ensureProgram("loki", { env }), made);
    t.same(await findProgram("loki", { env }), made);
    t.equal(readFileSync(join(bin, "go.calls"), "utf8"), "called\n");
  },
);

t.test("Promtail is built with its journal, which needs a C compiler and systemd's header", async (t) => {
  const { env, program, bin } = machine(t);
  program("go", `echo "CGO_ENABLED=$CGO_ENABLED $*" > "$BIN/go.arguments"${GO}`);
  await t.rejects(
    ensureProgram("promtail", { env }),
    /programs\/not-found: promtail, .*cannot be built: there is no C compiler on PATH/,
  );
  program("gcc", "exit 0");
  if (existsSync("/usr/include/systemd/sd-journal.h")) {
    const made = await ensureProgram("promtail", { env });
    t.match(made, { origin: "go module", version: "3.6.4" });
    const called = readFileSync(join(bin, "go.arguments"), "utf8");
    t.match(called, /^CGO_ENABLED=1 build -v -tags promtail_journal_enabled .*\/clients\/cmd\/promtail\n$/);
  } else {
    program("apt-get", "exit 1");
    await t.rejects(
      ensureProgram("promtail", { env }),
      /sd-journal\.h is not there, and Debian's libsystemd-dev may not be installed/,
    );
  }
});

t.test("two runs that need the same program build it once", async (t) => {
  const { env, program, bin } = machine(t);
  program("go", GO);
  const log: string[] = [];
  const options = { env, log: (line: string) => log.push(line) };
  const [first, second] = await Promise.all([ensureProgram("loki", options), ensureProgram("loki", options)]);
  t.same(first, second);
  t.equal(readFileSync(join(bin, "go.calls"), "utf8"), "called\n");
  t.ok(log.some((line) => line.startsWith("waiting for another run that builds loki")));
});

t.test("a build that was interrupted can be run again, and leaves nothing behind", async (t) => {
  const { env, program } = machine(t);
  program("go", `while [ "$1" != -o ]; do shift; done; echo half > "$2"; sleep 60`);
  const interrupt = new AbortController();
  const interrupted = ensureProgram("loki", { env, signal: interrupt.signal });
  setTimeout(() => interrupt.abort(new Error("interrupted")), 200);
  await t.rejects(interrupted, /interrupted/);
  program("go", GO);
  const made = await ensureProgram("loki", { env });
  t.match(made, { origin: "go module" });
  // As after a kill that allowed no tidying: the program is gone, half of another one is there.
  rmSync(made.path);
  writeFileSync(`${made.path}.1.tmp`, "half");
  t.match(await ensureProgram("loki", { env }), { origin: "go module" });
  t.same(readdirSync(join(made.path, "..")), ["loki"]);
});

t.test("a lock left behind by a process that is gone does not stop a build", async (t) => {
  const { env, program } = machine(t);
  program("go", GO);
  const { path } = await ensureProgram("loki", { env });
  const directory = join(path, "..");
  const fresh = { ...env, FLEET_CACHE: join(env["FLEET_CACHE"] ?? "", "again") };
  const lock = `${directory.replace(env["FLEET_CACHE"] ?? "", fresh.FLEET_CACHE)}.lock`;
  mkdirSync(join(lock, ".."), { recursive: true });
  writeFileSync(lock, "999999999\n");
  t.match(await ensureProgram("loki", { env: fresh }), { origin: "go module" });
  t.notOk(existsSync(lock));
});

t.test("a build that fails says what go said", async (t) => {
  const { env, program } = machine(t);
  program("go", "echo 'go: errors parsing go.mod: invalid go version' >&2; exit 1");
  await t.rejects(
    ensureProgram("loki", { env }),
    /programs\/build-failed: loki 3\.7\.8 .*invalid go version/,
  );
});

t.test("nothing is installed unless FLEET_MAY_INSTALL is 1", async (t) => {
  const { env, program, bin } = machine(t);
  program("apt-get", 'echo "$@" >> "$BIN/apt.calls"');
  await t.rejects(ensureProgram("age", { env }), /may not be installed \(FLEET_MAY_INSTALL is not 1\)/);
  t.notOk(existsSync(join(bin, "apt.calls")));
});

t.test("where it may, fleet installs a package, saying so first", async (t) => {
  const { env, program, bin } = machine(t);
  program("sudo", '[ "$2" = true ] || { shift; exec "$@"; }');
  // The first call fails as on a machine whose package lists are empty.
  program(
    "apt-get",
    `echo "$@" >> "$BIN/apt.calls"
     case "$*" in
       *update*) touch "$BIN/updated" 2>/dev/null || : > "$BIN/updated" ;;
       *) [ -e "$BIN/updated" ] || { echo 'E: Unable to locate package age' >&2; exit 100; }
          printf '#!/bin/sh\\necho v1.1.1\\n' > "$BIN/age"; chmod +x "$BIN/age" ;;
     esac`,
  );
  const log: string[] = [];
  const age = await ensureProgram("age", {
    env: { ...env, FLEET_MAY_INSTALL: "1" },
    log: (line) => log.push(line),
  });
  t.match(age, { origin: "apt", version: "1.1.1" });
  t.same(log, ["installing age with apt-get, because fleet needs it and FLEET_MAY_INSTALL is 1"]);
  const install = "-q -y -o DPkg::Lock::Timeout=300 install --no-install-recommends age\n";
  t.equal(readFileSync(join(bin, "apt.calls"), "utf8"), `${install}-q -y update\n${install}`);
});

t.test("two who need the same package install it once", async (t) => {
  const { env, program, bin } = machine(t);
  program("sudo", '[ "$2" = true ] || { shift; exec "$@"; }');
  program(
    "apt-get",
    `echo "$@" >> "$BIN/apt.calls"; sleep 0.2; printf '#!/bin/sh\\necho v1.1.1\\n' > "$BIN/age"; chmod +x "$BIN/age"`,
  );
  const options = { env: { ...env, FLEET_MAY_INSTALL: "1" } };
  const both = await Promise.all([ensureProgram("age", options), ensureProgram("age", options)]);
  t.match(both, [{ version: "1.1.1" }, { version: "1.1.1" }]);
  t.equal(readFileSync(join(bin, "apt.calls"), "utf8").split("\n").length - 1, 1);
});

t.test("a configured nixpkgs serves a program before its Go module does", async (t) => {
  const { env, program, bin } = machine(t);
  program("go", GO);
  mkdirSync(join(bin, "../store/bin"), { recursive: true });
  const store = join(bin, "../store");
  writeFileSync(join(store, "bin/loki"), "#!/bin/sh\necho loki, version 3.5.1\n");
  chmodSync(join(store, "bin/loki"), 0o755);
  program("nix-build", `[ "$*" = "<nixpkgs> --no-out-link -A grafana-loki" ] && echo ${store}`);
  const loki = await ensureProgram("loki", { env: { ...env, NIX_PATH: "nixpkgs=/etc/nixpkgs" } });
  t.match(loki, { origin: "nixpkgs", version: "3.5.1", path: join(store, "bin/loki") });
  program("nix-build", "echo 'error: attribute missing' >&2; exit 1");
  t.match(await ensureProgram("loki", { env: { ...env, NIX_PATH: "nixpkgs=/etc/nixpkgs" } }), {
    origin: "go module",
  });
});

t.test("of several named nixpkgs the first that can build a program serves", async (t) => {
  const { env, program, bin } = machine(t);
  const store = join(bin, "../store");
  mkdirSync(join(store, "bin"), { recursive: true });
  writeFileSync(join(store, "bin/promtail"), "#!/bin/sh\necho promtail, version 3.5.8\n");
  chmodSync(join(store, "bin/promtail"), 0o755);
  program("nix-build", "echo 'error: promtail was removed' >&2; exit 1");
  program("nix", `[ "\${6}" = "github:NixOS/nixpkgs/nixos-25.11#promtail" ] && echo ${store}`);
  const named = `26.05=${bin},25.11=github:NixOS/nixpkgs/nixos-25.11`;
  const promtail = await ensureProgram("promtail", { env: { ...env, FLEET_NIXPKGS: named } });
  t.match(promtail, { origin: "nixpkgs", version: "3.5.8" });
  const none = ensureProgram("promtail", { env: { ...env, FLEET_NIXPKGS: `26.05=${bin}` } });
  await t.rejects(none, /programs\/not-found: .*could not build promtail: error: promtail was removed/);
});
