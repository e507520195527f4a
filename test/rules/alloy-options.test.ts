import { chmodSync, realpathSync } from "node:fs";
import { join } from "node:path";
import t, { type Test } from "tap";
import { parseManifest, type Fleet } from "../../src/manifest/index.ts";
import { checkAlloyOptions } from "../../src/rules/index.ts";

const MODULE = '{\n  services.alloy = {\n    enable = true;\n    environmentFile = "/run/x";\n  };\n}\n';
const CLEAN = '{"problems":[],"unverified":[],"assertions":[],"warnings":[],"files":[]}';
const MISSING = CLEAN.replace(
  '"problems":[]',
  `"problems":[{"kind":"undeclared","message":"The option \`services.alloy.environmentFile' does not exist.","option":"services.alloy.environmentFile","places":[]}]`,
);

/** A fleet on two channels, and a Nix that says of the older one what `older` is. */
function setUp(
  t: Test,
  older: string,
  ship = "alloy",
  rules = "{}",
): { root: string; fleet: Fleet; env: Record<string, string> } {
  const root = realpathSync(
    t.testdir({
      modules: { alloy: { "default.nix": MODULE } },
      bin: {
        nix: "#!/bin/sh\necho 'nix (Nix) 2.8.0'\n",
        "nix-instantiate": `#!/bin/sh\ncase "$*" in *25.11*) cat <<'END'\n${older}\nEND\n;; *) echo '${CLEAN}' ;; esac\n`,
      },
    }),
  );
  for (const program of ["nix", "nix-instantiate"]) chmodSync(join(root, "bin", program), 0o755);
  const { fleet, diagnostics } = parseManifest(
    "fleet.yaml",
    `version: 1
loki: { url: https://loki.example.com/loki/api/v1/push }
channels: { "25.11": {}, "26.05": {} }
hosts:
  nas: { channel: "26.05", ship: ${ship} }
  web: { channel: "25.11", ship: promtail }
  mail: { channel: "25.11", ship: promtail }
rules: ${rules}
`,
  );
  if (fleet === undefined) throw new Error(JSON.stringify(diagnostics));
  return { root, fleet, env: { PATH: `${root}/bin:/usr/bin:/bin` } };
}

t.test(
  "a channel without an option of the module is told, with its hosts and the option's line",
  async (t) => {
    const { root, fleet, env } = setUp(t, MISSING);
    t.match(await checkAlloyOptions(fleet, root, { env }), [
      {
        rule: "alloy-options",
        level: "error",
        diagnostics: [
          {
            code: "rules/alloy-option-missing",
            severity: "error",
            message: "NixOS 25.11 has no services.alloy.environmentFile, which web, mail would need",
            span: { file: "modules/alloy/default.nix", start: { line: 4, column: 5 } },
          },
        ],
      },
    ]);
  },
);

t.test(
  "channels that have both options keep the rule, and so does a fleet that does not ship with Alloy",
  async (t) => {
    const clean = setUp(t, CLEAN);
    t.match(await checkAlloyOptions(clean.fleet, clean.root, { env: clean.env }), [{ diagnostics: [] }]);
    const other = setUp(t, MISSING, "promtail");
    t.match(await checkAlloyOptions(other.fleet, other.root, { env: { PATH: "/nonexistent" } }), [
      { diagnostics: [] },
    ]);
    const off = setUp(t, MISSING, "alloy", "{ alloy-options: off }");
    t.same(await checkAlloyOptions(off.fleet, off.root, { env: { PATH: "/nonexistent" } }), []);
  },
);
