import { chmodSync, existsSync, realpathSync } from "node:fs";
import { join } from "node:path";
import t, { type Test } from "tap";
import { gate, gateJson } from "../../src/gate/index.ts";
import { parseManifest, type Fleet } from "../../src/manifest/index.ts";
import { PROGRAMS } from "../../src/programs/index.ts";
import { failureOf } from "../support/failure.ts";

const MANIFEST = `version: 1
loki: { url: https://loki.example.com/loki/api/v1/push, username: x, credential: { env: A, sops: { secret: a, file: s.yaml } } }
channels: { "26.05": {} }
hosts:
  a: { channel: "26.05", ship: none }
  b: { channel: "26.05", ship: none }
`;

/** A repository, and a Nix that answers what `script` says; $host is the host that it is asked for. */
function setUp(t: Test, script: string): { root: string; fleet: Fleet; env: Record<string, string> } {
  const root = realpathSync(
    t.testdir({
      hosts: { a: { "configuration.nix": "{ }" }, b: { "configuration.nix": "{ }" } },
      bin: {
        nix: "#!/bin/sh\necho 'nix (Nix) 2.8.0'\n",
        "nix-instantiate": `#!/bin/sh\ncase "$*" in *hosts/a/*) host=a ;; *) host=b ;; esac\n${script}\n`,
      },
    }),
  );
  for (const program of ["nix", "nix-instantiate"]) chmodSync(join(root, "bin", program), 0o755);
  const { fleet, diagnostics } = parseManifest("fleet.yaml", MANIFEST);
  if (fleet === undefined) throw new Error(JSON.stringify(diagnostics));
  return { root, fleet, env: { PATH: `${root}/bin:/usr/bin:/bin` } };
}

const CLEAN = '{"problems":[],"unverified":[],"assertions":[],"warnings":[],"files":[]}';

t.test("one host's failure is its own: the others keep their verdicts", async (t) => {
  const { root, fleet, env } = setUp(
    t,
    `[ $host = b ] && { echo '${CLEAN}'; exit 0; }\nprintf '{"problems":'; echo 'error: boom' >&2; exit 1`,
  );
  const report = await gate(fleet, root, { env });
  t.same(
    report.hosts.map(({ host, verdict }) => [host, verdict]),
    [
      ["a", "fail"],
      ["b", "pass"],
    ],
  );
  t.match(report.hosts[0]?.diagnostics, [{ code: "gate/evaluation-failed", message: "boom" }]);
  t.same(report.summary, { pass: 1, fail: 1, unverified: 0 });
  t.equal(gateJson(report).ok, false);
});

t.test("a Nix that dies without a word fails the host, whatever it had printed", async (t) => {
  const { root, fleet, env } = setUp(t, `echo '${CLEAN}'; exit 3`);
  const report = await gate(fleet, root, { env });
  t.same(report.summary, { pass: 0, fail: 2, unverified: 0 });
  t.match(report.hosts[0]?.diagnostics, [{ message: "nix-instantiate ended with code 3" }]);
});

t.test("a host with only what the surface does not know is unverified, and the run is ok", async (t) => {
  const { root, fleet, env } = setUp(
    t,
    `cat <<END
{"problems":[],"assertions":[],"warnings":["careful"],"files":[],
 "unverified":[{"option":"services.foobar.enable","place":{"file":"$PWD/hosts/a/configuration.nix","line":1,"column":1}}]}
END`,
  );
  const report = await gate(fleet, root, { env, hosts: ["a"] });
  t.match(gateJson(report), {
    ok: true,
    evaluator: { nix: "2.8.0" },
    summary: { pass: 0, fail: 0, unverified: 1 },
    hosts: [
      {
        host: "a",
        channel: "26.05",
        through: "embedded",
        unverified: [{ option: "services.foobar.enable" }],
        diagnostics: [{ code: "gate/warning", severity: "warning", message: "careful" }],
      },
    ],
  });
});

t.test("a host that nobody named ends the run before any evaluation", async (t) => {
  const { root, fleet, env } = setUp(t, "exit 99");
  const failure = await failureOf(gate(fleet, root, { env, hosts: ["aa"] }));
  t.match(failure, {
    exitCode: 2,
    diagnostics: [{ code: "gate/unknown-host", hint: "did you mean a?" }],
  });
});

t.test("progress tells each host as it is there", async (t) => {
  const { root, fleet, env } = setUp(t, `echo '${CLEAN}'`);
  const told: string[] = [];
  await gate(fleet, root, { env, onProgress: ({ host }) => told.push(host) });
  t.same(told.sort(), ["a", "b"]);
});

t.test("an interrupted run ends with the reason of its interruption", async (t) => {
  const { root, fleet, env } = setUp(t, "sleep 5");
  const interrupt = new AbortController();
  const reason = new Error("interrupted");
  const run = gate(fleet, root, { env, signal: interrupt.signal });
  setTimeout(() => interrupt.abort(reason), 300);
  await t.rejects(run, reason);
});

t.test("a Nix that is named and not there ends the run", async (t) => {
  const { root, fleet, env } = setUp(t, "exit 99");
  const failure = await failureOf(
    gate({ ...fleet, tools: { nix: join(root, "nowhere/nix") } }, root, { env }),
  );
  t.match(failure, { exitCode: 2, diagnostics: [{ code: "programs/explicit-missing" }] });
});

const installed = PROGRAMS.nix.places?.some((place) => existsSync(place)) === true;
t.test("without Nix the gate cannot run, and says how to get it", { skip: installed }, async (t) => {
  const { root, fleet } = setUp(t, "exit 99");
  const failure = await failureOf(
    gate(fleet, root, { env: { PATH: "/nonexistent", FLEET_MAY_INSTALL: "0" } }),
  );
  t.match(failure, { exitCode: 2, diagnostics: [{ code: "nix/not-found", hint: PROGRAMS.nix.hint }] });
});
