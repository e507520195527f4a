import { chmodSync, realpathSync } from "node:fs";
import { join } from "node:path";
import t, { type Test } from "tap";
import { gate } from "../../src/gate/index.ts";
import { parseManifest, type Fleet } from "../../src/manifest/index.ts";
import { failureOf } from "../support/failure.ts";

const MANIFEST = `version: 1
loki: { url: https://loki.example.com/loki/api/v1/push, username: x, credential: { env: A, sops: { secret: a, file: s.yaml } } }
channels: { "26.05": { nixpkgs: /nixpkgs } }
hosts:
  a: { channel: "26.05", ship: none }
  b: { channel: "26.05", ship: none }
  c: { channel: "26.05", ship: none }
`;

const ANSWER = '{"assertions":[],"warnings":[],"release":"26.05","drvPath":"/nix/store/x.drv"}';

/** A fleet with a nixpkgs, a Nix that passes every host, and a stand-in for nix-eval-jobs. */
function setUp(t: Test, evalJobs: string): { root: string; fleet: Fleet; env: Record<string, string> } {
  const root = realpathSync(
    t.testdir({
      bin: {
        nix: "#!/bin/sh\necho 'nix (Nix) 2.8.0'\n",
        "nix-instantiate": `#!/bin/sh
case "$*" in
  *find-nixpkgs.nix) echo '[{"path":"/nixpkgs","release":"26.05","missing":[]}]' ;;
  *) echo '${ANSWER}' ;;
esac
`,
        "nix-eval-jobs": `#!/bin/sh\necho "$@" > "\${0%/*}/arguments"\n${evalJobs}\n`,
      },
    }),
  );
  for (const program of ["nix", "nix-instantiate", "nix-eval-jobs"])
    chmodSync(join(root, "bin", program), 0o755);
  return {
    root,
    fleet: parseManifest("fleet.yaml", MANIFEST).fleet as Fleet,
    env: { PATH: `${root}/bin:/usr/bin:/bin` },
  };
}

t.test("hosts that nix-eval-jobs answers for have its answer, others are evaluated by Nix", async (t) => {
  const { root, fleet, env } = setUp(
    t,
    `[ "$1" = --version ] && exit
cat <<'END'
{"attr":"a","attrPath":["a"],"drvPath":"/nix/store/a.drv","meta":{"fleet":{"assertions":[],"release":"26.05","warnings":["careful"]}}}
{"attr":"b","attrPath":["b"],"error":"error: boom"}
END
kill -9 $$`,
  );
  const { hosts } = await gate(fleet, root, {
    env,
    engine: "nix-eval-jobs",
    cache: { directory: join(root, "cache") },
  });
  t.match(hosts, [
    { host: "a", verdict: "pass", through: "nixpkgs", diagnostics: [{ message: "careful" }] },
    { host: "b", verdict: "fail", diagnostics: [{ message: "boom" }] },
    { host: "c", verdict: "pass", diagnostics: [] },
  ]);
  t.match(hosts[0]?.uncacheable, /nix-eval-jobs/);
});

t.test("an engine that is not there ends the run", async (t) => {
  const { root, fleet, env } = setUp(t, "");
  const missing = { ...fleet, tools: { "nix-eval-jobs": "/nowhere/nix-eval-jobs" } };
  t.match(await failureOf(gate(missing, root, { env, engine: "nix-eval-jobs" })), {
    exitCode: 2,
    diagnostics: [{ code: "programs/explicit-missing" }],
  });
});
