import { spawnSync } from "node:child_process";
import { cp, readFile, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import t, { type Test } from "tap";
import { parseManifest, type Fleet } from "../../src/manifest/index.ts";
import { checkSecrets, readCreationRules } from "../../src/secrets/index.ts";
import { shellWord } from "../../src/secrets/shell.ts";

const ROOT = join(import.meta.dirname, "../..");
const NAS = "hosts/nas/secrets.yaml";
const ADMIN_KEY = "age1kfq4ue2fz895vk67hhd6f3zyg6c0n67vnlwqs72xed8ey0jr8qgs9hur93";
const OTHER_KEY = "age14d7rqupcf2dl8e3lssq4gtjezd9whxrf9lyeu5wxr9vkshrhhcpse5jyyt";

/** A fleet with the host nas alone. */
function fleetOf(host: string): Fleet {
  const manifest = `version: 1\nloki: { url: "https://l/p" }\nchannels: { "26.05": {} }\nhosts: { nas: { channel: "26.05", ${host} } }\n`;
  const { fleet } = parseManifest("fleet.yaml", manifest);
  if (fleet === undefined) throw new Error(manifest);
  return fleet;
}

const alloy = fleetOf("ship: alloy");

/** A copy of the example's secrets of nas, with the file edited. */
async function repository(t: Test, edit: (text: string) => string = (text) => text): Promise<string> {
  const root = t.testdir({ hosts: { nas: {} } });
  await cp(join(ROOT, ".sops.yaml"), join(root, ".sops.yaml"));
  await writeFile(join(root, NAS), edit(await readFile(join(ROOT, NAS), "utf8")));
  return root;
}

t.test("a file that real sops wrote has nothing wrong with it", async (t) => {
  t.match(await checkSecrets(await repository(t), alloy), {
    hosts: [{ host: "nas", file: NAS, encrypted: true, secret: true, recipients: true }],
    diagnostics: [],
  });
});

t.test(
  "a missing file is an error for a host that ships with alloy, and a warning for one that does not",
  async (t) => {
    const root = await repository(t);
    await rm(join(root, NAS));
    const found = (await checkSecrets(root, alloy)).diagnostics;
    t.match(found, [
      {
        code: "secrets/no-file",
        severity: "error",
        hint: /sops encrypt .* --output hosts\/nas\/secrets.yaml/,
      },
    ]);
    t.match((await checkSecrets(root, fleetOf("ship: promtail"))).diagnostics, [{ severity: "warning" }]);
  },
);

t.test("a missing alloy-env is found, with the sops command that adds it", async (t) => {
  const root = await repository(t, (text) => text.replace("alloy-env:", "other:"));
  t.match((await checkSecrets(root, alloy)).diagnostics, [
    {
      code: "secrets/no-secret",
      severity: "error",
      hint: `printf '"LOKI_PASSWORD=%s"' "$PASSWORD" | sops set --value-stdin ${NAS} '["alloy-env"]'`,
    },
  ]);
  t.match((await checkSecrets(root, fleetOf("ship: none"))).diagnostics, [{ severity: "warning" }]);
});

t.test("a secret in plain text is an error that does not show it", async (t) => {
  const plain = "alloy-env: LOKI_PASSWORD=hunter2";
  for (const edit of [
    (text: string) => text.replace(/^alloy-env: .*$/m, plain),
    () => `${plain}\n`,
    () => `${plain}\nbroken: [hunter2\n`,
    () => `${plain}\nother: *hunter2\n`,
    () => "hunter2",
    (text: string) => text.replace(/^alloy-env:/m, "deep: { list: [hunter2] }\n$&"),
  ]) {
    const report = await checkSecrets(await repository(t, edit), alloy);
    t.match(report.diagnostics[0], {
      code: /secrets\/not-(encrypted|sops)/,
      severity: "error",
      hint: /sops (encrypt --in-place|set --ignore-mac)/,
    });
    t.notMatch(JSON.stringify(report), "hunter2");
    t.equal(report.diagnostics[0]?.span, undefined, "no span: its excerpt would show the line");
  }
});

t.test("values that sops leaves alone by its own rules are no findings", async (t) => {
  const root = await repository(t, (text) => `note_unencrypted: plain\nempty: ""\nnothing: null\n${text}`);
  t.same((await checkSecrets(root, alloy)).diagnostics, []);
});

t.test("a file limited by encrypted_regex is judged by it", async (t) => {
  const limited = (regex: string) => (text: string) =>
    `user: admin\n${text.replace("unencrypted_suffix: _unencrypted", `encrypted_regex: ${regex}`)}`;
  t.same((await checkSecrets(await repository(t, limited("^alloy")), alloy)).diagnostics, []);
  const found = (await checkSecrets(await repository(t, limited("^(user|alloy)")), alloy)).diagnostics;
  t.match(found, [{ code: "secrets/not-encrypted", message: `${NAS}:1 holds user in plain text` }]);
  t.match((await checkSecrets(await repository(t, limited('"("')), alloy)).diagnostics, [
    { code: "secrets/not-sops" },
  ]);
});

t.test("a file without its mac is not sops's", async (t) => {
  const root = await repository(t, (text) => text.replace(/^ +mac: .*\n/m, ""));
  t.match((await checkSecrets(root, alloy)).diagnostics, [{ message: /metadata is incomplete/ }]);
});

t.test(
  "a recipient that .sops.yaml names and the file lacks is an error, mended by updatekeys",
  async (t) => {
    const root = await repository(t);
    const rules = join(root, ".sops.yaml");
    await writeFile(rules, `creation_rules: [{ path_regex: nas/, age: "${ADMIN_KEY}, ${OTHER_KEY}" }]\n`);
    t.match(await checkSecrets(root, alloy), {
      hosts: [{ recipients: false }],
      diagnostics: [
        { code: "secrets/no-recipient", message: new RegExp(OTHER_KEY), hint: `sops updatekeys ${NAS}` },
      ],
    });
  },
);

t.test("a recipient that only the manifest names has to come into .sops.yaml first", async (t) => {
  const fleet = fleetOf(`ship: alloy, recipient: ${OTHER_KEY}`);
  t.match((await checkSecrets(await repository(t), fleet)).diagnostics, [
    { code: "secrets/no-recipient", hint: /^add age14d7.* to the rule .*\nsops updatekeys hosts/ },
  ]);
});

t.test("without any rule the recipients are unknown, which is a warning", async (t) => {
  const root = await repository(t);
  await rm(join(root, ".sops.yaml"));
  t.match(await checkSecrets(root, alloy), {
    hosts: [{ recipients: undefined }],
    diagnostics: [{ code: "secrets/unknown-recipient", severity: "warning" }],
  });
});

t.test("rules that cannot be read are an error of their own", async (t) => {
  for (const text of ["creation_rules: 5\n", "creation_rules: [{ path_regex: '(' }]\n", "a: [\n"]) {
    const root = await repository(t);
    await writeFile(join(root, ".sops.yaml"), text);
    t.match((await checkSecrets(root, alloy)).diagnostics[0], { code: "secrets/bad-rules" }, text);
  }
});

t.test("the first rule that fits counts, and one without a pattern fits all", (t) => {
  const rules = readCreationRules(
    ".sops.yaml",
    "creation_rules:\n  - { path_regex: '^a/', key_groups: [{ age: [k1] }, { age: [k2] }] }\n  - { age: k3 }\n",
  );
  if (typeof rules !== "function") throw new Error(rules.message);
  t.same(rules("a/x.yaml"), ["k1", "k2"]);
  t.same(rules("b/a/x.yaml"), ["k3"]);
  t.end();
});

t.test("commands quote what a shell would take apart", (t) => {
  t.equal(shellWord("hosts/nas/secrets.yaml"), "hosts/nas/secrets.yaml");
  for (const word of ["it's", "a b", "$(x)", '["k"]', ""]) {
    t.equal(spawnSync("sh", ["-c", `printf %s ${shellWord(word)}`], { encoding: "utf8" }).stdout, word);
  }
  t.end();
});
