import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { Ajv2020 } from "ajv/dist/2020.js";
import fc from "fast-check";
import t from "tap";
import { parse } from "yaml";
import { manifestJsonSchema, parseManifest } from "../../src/manifest/index.ts";

const FIXTURES = join(import.meta.dirname, "../fixtures/manifest");
const validate = new Ajv2020({ allErrors: true }).compile(manifestJsonSchema());

/** The fixtures of a directory, by name. */
function fixtures(kind: "good" | "bad"): [string, string][] {
  return readdirSync(join(FIXTURES, kind)).map((name) => [
    name,
    readFileSync(join(FIXTURES, kind, name), "utf8"),
  ]);
}

/** What `# ERROR code pattern | ERROR code pattern` comments expect on which line. */
function expectations(text: string): { line: number; code: string; pattern: RegExp }[] {
  return text.split("\n").flatMap((line, at) => {
    const comment = / # (ERROR .*)$/.exec(line)?.[1];
    return (comment?.split(" | ") ?? []).map((part) => {
      const [, code = "", pattern = ""] = /^ERROR (\S+) (.*)$/.exec(part) ?? [];
      return { line: at + 1, code, pattern: new RegExp(pattern) };
    });
  });
}

const example = readFileSync(join(import.meta.dirname, "../../fleet.yaml"), "utf8");
for (const [name, text] of [["the example fleet", example] as const, ...fixtures("good")]) {
  t.test(`${name} is accepted, by the JSON Schema too`, (t) => {
    const { fleet, diagnostics } = parseManifest(name, text);
    t.same(diagnostics, []);
    t.ok(fleet);
    t.ok(validate(parse(text)), JSON.stringify(validate.errors));
    t.end();
  });
}

for (const [name, text] of fixtures("bad")) {
  t.test(`${name} gives exactly the expected errors`, (t) => {
    const expected = expectations(text);
    const { fleet, diagnostics } = parseManifest(name, text);
    t.equal(fleet, undefined);
    t.not(expected.length, 0, "a bad fixture says what is expected");
    const found = diagnostics.map(({ code, message, hint, span }) => ({
      line: span?.start.line ?? 0,
      code,
      text: `${message} ${hint ?? ""}`,
    }));
    for (const { line, code, pattern } of expected) {
      const hit = found.findIndex((one) => one.line === line && one.code === code && pattern.test(one.text));
      t.not(hit, -1, `${code} ${String(pattern)} on line ${line} in ${JSON.stringify(found)}`);
      if (hit !== -1) found.splice(hit, 1);
    }
    t.same(found, [], "nothing else is said");
    t.end();
  });

  t.test(`${name} is refused by the JSON Schema, or lies beyond it`, (t) => {
    const syntax = /ERROR manifest\/(syntax|duplicate-key)/.test(text);
    const refused = syntax || text.includes("__proto__") || !validate(parse(text, { stringKeys: true }));
    t.equal(refused, !text.startsWith("# beyond JSON Schema"));
    t.end();
  });
}

t.test("errors stand at the key or value that is wrong", (t) => {
  const text = 'version: 1\nloki: { url: "https://l/p" }\nchannels: {}\nhosts:\n  nas: { chanel: "26.05" }\n';
  const { diagnostics } = parseManifest("fleet.yaml", text);
  const [key] = diagnostics.filter(({ code }) => code === "manifest/unknown-key");
  t.match(key?.span, { file: "fleet.yaml", start: { line: 5, column: 10 }, end: { line: 5, column: 16 } });
  t.end();
});

t.test("an empty manifest and one that is not YAML have one error each", (t) => {
  t.match(parseManifest("f", "").diagnostics, [
    { code: "manifest/missing-key", message: "the manifest is empty" },
  ]);
  t.match(parseManifest("f", "# only a comment\n").diagnostics, [{ code: "manifest/missing-key" }]);
  t.match(parseManifest("f", "a: [1\n").diagnostics, [{ code: "manifest/syntax" }]);
  t.end();
});

t.test("defaults are filled in and names resolved", (t) => {
  const text = readFileSync(join(FIXTURES, "good/minimal.yaml"), "utf8");
  const { fleet } = parseManifest("fleet.yaml", text);
  t.match(fleet, {
    layout: { modules: "modules", hosts: "hosts", link: "utils" },
    loki: { credential: { env: "LOKI_PASSWORD", sops: { secret: "alloy-env", file: "secrets.yaml" } } },
    hosts: [
      {
        name: "nas",
        channel: { name: "26.05" },
        ship: "none",
        directory: "hosts/nas",
        entry: { kind: "configuration", file: "hosts/nas/configuration.nix" },
        secrets: "hosts/nas/secrets.yaml",
      },
    ],
    waves: [],
    rollout: { deploy: { adapter: "nixos-rebuild" }, verify: { within: 300_000 } },
  });
  t.end();
});

t.test("every key that a host may have reaches the model", (t) => {
  const text = readFileSync(join(FIXTURES, "good/everything.yaml"), "utf8");
  const { fleet } = parseManifest("fleet.yaml", text);
  t.match(fleet?.hosts, [
    {
      ship: "alloy",
      promtail: "modules/promtail",
      directory: "machines/nas",
      entry: { file: "machines/nas/default.nix" },
      secrets: "machines/nas/own.yaml",
      recipient: /^age164/,
    },
    { name: "web", secrets: "machines/web/secrets/main.yaml" },
    { name: "mail", ship: "promtail" },
    { entry: { kind: "flake", flake: ".", attribute: "lab" } },
  ]);
  t.match(fleet?.rollout, { deploy: { adapter: "colmena" }, verify: { within: 5_400_000 } });
  t.equal(fleet?.clusters[0]?.remotes.loki.get("grafana-cloud")?.username, undefined);
  t.match(fleet?.clusters, [
    {
      name: "vm-cluster",
      namespace: "monitoring",
      output: "helm-argocd",
      version: "1.11.3",
      secrets: { path: "teams/alloy", vault: { mount: "kv", auth: { kind: "kubernetes", role: "alloy" } } },
    },
    {
      modules: ["core", "agent-metrics", "node-exporter", "kubelet", "syslog"],
      namespace: "grafana-alloy",
      version: undefined,
      secrets: { vault: { mount: "secret", auth: { kind: "userPass", path: "userpass", username: "eso" } } },
    },
    { secrets: { store: "vault-secret-store", vault: { auth: { kind: "token" } } } },
  ]);
  t.end();
});

t.test("a password in a URL is refused without being repeated", (t) => {
  const text =
    'version: 1\nloki: { url: "https://l/p" }\nchannels: {}\nhosts: {}\nclusters: { a: { remotes: { loki: { x: { url: "https://me:secret@l/p" } } } } }\n';
  const { diagnostics } = parseManifest("f", text);
  t.match(diagnostics, [
    { code: "manifest/wrong-value", message: /"https:\/\/me:\.\.\.@l\/p", expected a URL without/ },
  ]);
  t.notMatch(JSON.stringify(diagnostics), "secret");
  t.end();
});

t.test("a channel named by an unquoted key keeps its name", (t) => {
  const text = 'version: 1\nloki: { url: "https://l/p" }\nchannels: { 26.10: {} }\nhosts: {}\n';
  t.ok(parseManifest("f", text).fleet?.channels.has("26.10"));
  t.end();
});

t.test("no text makes it throw, and what it refuses it explains with a place in the text", (t) => {
  const everything = readFileSync(join(FIXTURES, "good/everything.yaml"), "utf8");
  const piece = fc.oneof(
    fc.constantFrom(
      ...Array.from("{}[]:,&*!|>'\"%@`#?-\n\t "),
      ..."<<: |*web|&a|null|26.05|__proto__:|? ".split("|"),
    ),
    fc.string({ maxLength: 3 }),
  );
  const edit = fc.tuple(fc.nat(everything.length), fc.nat(40), piece);
  fc.assert(
    fc.property(fc.array(edit, { minLength: 1, maxLength: 4 }), (edits) => {
      const text = edits.reduce(
        (all, [at, cut, put]) => all.slice(0, at) + put + all.slice(at + cut),
        everything,
      );
      const { fleet, diagnostics } = parseManifest("fleet.yaml", text);
      const placed = diagnostics.every(({ span }) => span !== undefined && span.end.offset <= text.length);
      return placed && (fleet === undefined) === diagnostics.some(({ severity }) => severity === "error");
    }),
    { numRuns: 500 },
  );
  t.pass("for 500 mutations");
  t.end();
});
