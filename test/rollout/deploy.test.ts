import { chmodSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import t, { type Test } from "tap";
import { FleetError } from "../../src/diagnostics/index.ts";
import { parseManifest, type Host } from "../../src/manifest/index.ts";
import { createDeployer, type Deployer } from "../../src/rollout/index.ts";

const OLD = `/nix/store/${"a".repeat(32)}-nixos-system-web-25.11`;
const NEW = `/nix/store/${"b".repeat(32)}-nixos-system-web-25.11`;

/**
 * A deployer whose programs are stand-ins on PATH: each writes its name and arguments, a line each, into a file. What
 * the host runs is a file too, which `switches` names a program for that changes it.
 */
function setting(t: Test, deploy: string, programs: Readonly<Record<string, string>>) {
  const directory = mkdtempSync(join(tmpdir(), "fleet-deployers-"));
  t.teardown(() => {
    rmSync(directory, { recursive: true });
  });
  const bin = join(directory, "bin");
  mkdirSync(bin);
  const calls = join(directory, "calls");
  const state = join(directory, "state");
  writeFileSync(calls, "");
  writeFileSync(state, OLD);
  for (const [name, script] of Object.entries(programs)) {
    writeFileSync(
      join(bin, name),
      `#!/bin/sh\nprintf '%s' "${name}" >> '${calls}'\nprintf ' [%s]' "$@" >> '${calls}'\necho >> '${calls}'\nSTATE='${state}' NEW='${NEW}' OLD='${OLD}'\n${script}\n`,
    );
    chmodSync(join(bin, name), 0o755);
  }
  const text = `version: 1
loki: { url: "https://l/p" }
channels: { "25.11": {} }
hosts: { web: { channel: "25.11" } }
rollout: { deploy: ${deploy} }
`;
  const { fleet, diagnostics } = parseManifest("fleet.yaml", text);
  const [host] = fleet?.hosts ?? [];
  if (fleet === undefined || host === undefined) throw new Error(JSON.stringify(diagnostics));
  const env = { ...process.env, PATH: `${bin}:${process.env["PATH"] ?? ""}` };
  const context = { root: directory, env, log: () => undefined, signal: new AbortController().signal };
  const deployer = createDeployer(fleet.rollout.deploy, context, () => Promise.resolve("main"));
  return { deployer, host, calls: () => readFileSync(calls, "utf8").trim().split("\n"), checkout: directory };
}

const SSH = `case $* in *readlink*) cat "$STATE"; echo; cat "$STATE";; *switch-to-configuration*) printf %s "$OLD" > "$STATE";; esac`;

async function failure(work: Promise<unknown>): Promise<string> {
  try {
    await work;
  } catch (caught) {
    if (caught instanceof FleetError) return caught.message;
    throw caught;
  }
  return "";
}

const order = (host: Host, checkout: string) => ({ host, commit: "c0ffee", checkout, previous: OLD });

t.test(
  "nixos-rebuild activates, asks over a new connection, and lets the host boot it only then",
  async (t) => {
    const rebuild = `case $1 in build) ln -sfn "$NEW" result;; test) printf %s "$NEW" > "$STATE";; esac`;
    const { deployer, host, calls, checkout } = setting(t, "{ adapter: nixos-rebuild }", {
      ssh: SSH,
      "nixos-rebuild": rebuild,
    });
    const tool = await deployer;
    t.equal(await tool.expect?.(order(host, checkout)), NEW);
    await tool.deploy(order(host, checkout));
    t.same(
      calls().map((line) =>
        line.replace(/nixos-config=[^\]]*/, "nixos-config=...").replace(/\[-o\] \[[^\]]*\] /g, ""),
      ),
      [
        "nixos-rebuild [build] [-I] [nixos-config=...]",
        "nixos-rebuild [build] [-I] [nixos-config=...]",
        "nixos-rebuild [test] [-I] [nixos-config=...] [--target-host] [root@web]",
        "ssh [--] [root@web] [readlink -f /run/current-system /nix/var/nix/profiles/system]",
        "ssh [--] [root@web] [systemctl is-active --quiet alloy.service]",
        "nixos-rebuild [boot] [-I] [nixos-config=...] [--target-host] [root@web]",
      ],
    );
    t.match(calls()[3], "[ControlPath=none]", "no connection is shared");
    await tool.rollback(order(host, checkout));
    t.match(calls().at(-2), `nix-env --profile /nix/var/nix/profiles/system --set ${OLD}`);
    t.same(await tool.identify(host), { system: OLD, settled: true });
  },
);

t.test("nixos-rebuild that claims success, and a host that is not well, are not booted into", async (t) => {
  const lies = setting(t, "{ adapter: nixos-rebuild }", {
    ssh: SSH,
    "nixos-rebuild": `ln -sfn "$NEW" result`,
  });
  t.match(
    await failure((await lies.deployer).deploy(order(lies.host, lies.checkout))),
    /^rollout\/old-generation/,
  );
  const ill = setting(t, "{ adapter: nixos-rebuild, health: [systemctl, is-active, sshd] }", {
    ssh: `case $* in *is-active*) exit 3;; esac\n${SSH}`,
    "nixos-rebuild": `ln -sfn "$NEW" result; printf %s "$NEW" > "$STATE"`,
  });
  t.match(await failure((await ill.deployer).deploy(order(ill.host, ill.checkout))), /^rollout\/unhealthy/);
  for (const { calls } of [lies, ill])
    t.notOk(calls().some((line) => line.startsWith("nixos-rebuild [boot]")));
});

t.test("colmena and deploy-rs are run in the checkout for one host", async (t) => {
  for (const [adapter, program, expected] of [
    ["colmena", "colmena", "colmena [apply] [switch] [--on] [web]"],
    ["deploy-rs", "deploy", "deploy [--skip-checks] [.#web]"],
  ] as const) {
    const { deployer, host, calls, checkout } = setting(t, `{ adapter: ${adapter} }`, {
      ssh: SSH,
      [program]: "exit 0",
    });
    await (await deployer).deploy(order(host, checkout));
    t.equal(calls()[0], expected);
    const failing = setting(t, `{ adapter: ${adapter} }`, {
      ssh: SSH,
      [program]: "echo 'no such node' >&2; exit 1",
    });
    t.match(
      await failure((await failing.deployer).deploy(order(failing.host, failing.checkout))),
      /rollout\/deploy-failed: web: .*no such node/,
    );
  }
});

t.test("git-pull pushes once and waits until the host runs something else", async (t) => {
  const { deployer, host, calls, checkout } = setting(t, "{ adapter: git-pull, git: { remote: hub } }", {
    ssh: SSH,
    git: `printf %s "$NEW" > "$STATE"`,
  });
  await (await deployer).deploy(order(host, checkout));
  await (await deployer).deploy(order(host, checkout));
  t.same(
    calls().filter((line) => line.startsWith("git")),
    ["git [push] [--quiet] [hub] [c0ffee:refs/heads/main]"],
  );
  const stale = setting(t, "{ adapter: git-pull, timeout: 200ms }", { ssh: SSH, git: "exit 0" });
  t.match(
    await failure((await stale.deployer).deploy(order(stale.host, stale.checkout))),
    /rollout\/old-generation: web did not fetch/,
  );
});

t.test("the command template fills in words, which no shell reads", async (t) => {
  const command =
    '{ deploy: [tool, "--on={host}", "{commit}; rm -rf /", "{previous}"], identify: [tool, "{target}"], rollback: [tool, back, "{previous}"] }';
  const { deployer, host, calls, checkout } = setting(
    t,
    `{ adapter: command, target: "ops@{host}.lan", command: ${command} }`,
    {
      tool: `case $1 in ops@*) printf '%s\\n' "$FLEET_HOST runs $FLEET_TARGET";; esac`,
    },
  );
  const tool: Deployer = await deployer;
  await tool.deploy({ ...order(host, checkout), previous: "$(id)" });
  await tool.rollback(order(host, checkout));
  t.same(await tool.identify(host), { system: "web runs ops@web.lan", settled: true });
  t.same(calls(), [
    "tool [--on=web] [c0ffee; rm -rf /] [$(id)]",
    `tool [back] [${OLD}]`,
    "tool [ops@web.lan]",
  ]);
});

t.test("a host that does not answer, or answers nonsense, is unreachable", async (t) => {
  for (const ssh of ["echo 'Connection timed out' >&2; exit 255", "echo welcome"]) {
    const { deployer, host } = setting(t, "{ adapter: colmena }", { ssh });
    t.match(
      await failure((await deployer).identify(host)),
      /^rollout\/unreachable: web does not say what it runs: (Connection timed out|readlink printed "welcome)/,
    );
  }
});

t.test(
  "what a host claims to have run before does not get into a command line unless it is a store path",
  async (t) => {
    const { deployer, host, calls, checkout } = setting(t, "{ adapter: colmena }", { ssh: SSH });
    const wrong = (await deployer).rollback({ ...order(host, checkout), previous: "/nix/store/x; reboot" });
    t.match(await failure(wrong), /^rollout\/rollback-failed/);
    t.same(calls(), [""]);
  },
);
