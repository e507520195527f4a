import { chmodSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import t from "tap";
import { fleet } from "../support/fleet.ts";

const FLAGSHIP = join(import.meta.dirname, "../oracle/cases/flagship_journal");
const PROMTAIL = join(FLAGSHIP, "promtail.yaml");

t.test(
  "fleet parity accepts a hand-cleaned configuration and names what differs by permission",
  async (t) => {
    const { code, out } = await fleet(
      "parity",
      "--promtail",
      PROMTAIL,
      "--alloy",
      join(FLAGSHIP, "config.alloy"),
    );
    t.equal(code, 0);
    t.match(out, /process +loki\.process\.journal +loki\.process\.main +equal\n/);
    t.match(out, /allowed \(positions\): loki\.source\.journal\.read: legacy_position/);
  },
);

t.test("fleet parity names the first differing stage, in words and as JSON", async (t) => {
  const file = join(t.testdir({}), "config.alloy");
  const text = readFileSync(join(FLAGSHIP, "converted.alloy"), "utf8");
  writeFileSync(file, text.replace("Invalid response packet", "Invalid packet"));
  const argv = ["parity", "--promtail", PROMTAIL, "--alloy", file];
  const { code, err } = await fleet(...argv);
  t.equal(code, 1);
  t.match(
    err,
    /config\.alloy:\d+:3: error\[parity\/different\]: loki\.process\.journal: stage\.drop\[1\]\.expression is/,
  );
  const json = JSON.parse((await fleet(...argv, "--json")).out) as {
    components: { role: string; result: string; differences: unknown[] }[];
  };
  const process = json.components.find(({ role }) => role === "process");
  t.match(process, {
    name: { promtail: "loki.process.journal", alloy: "loki.process.journal" },
    result: "different",
    differences: [
      {
        path: "stage.drop[1].expression",
        expected: '"^Invalid response packet from host"',
        got: '"^Invalid packet from host"',
      },
    ],
  });
});

t.test(
  "fleet parity --entries names the stage by which entries come out differently, with both traces",
  async (t) => {
    const directory = t.testdir({ "broken.json": "[1]" });
    const file = join(directory, "config.alloy");
    const text = readFileSync(join(FLAGSHIP, "config.alloy"), "utf8");
    const entries = join(import.meta.dirname, "../oracle/journals/host.json");
    const argv = ["parity", "--promtail", PROMTAIL, "--alloy", file, "--entries"];
    writeFileSync(file, text);
    const equal = await fleet(...argv, entries);
    t.equal(equal.code, 0);
    t.match(equal.out, /61 entries through both: 61 come out the same, 0 do not\n/);
    writeFileSync(file, text.replace("^refused connection: IN=", "^never"));
    const { code, out, err } = await fleet(...argv, entries);
    t.equal(code, 1);
    t.match(
      out,
      /58 come out the same, 3 do not\n\nloki\.process\.journal stage\.drop\[0\] -> loki\.process\.main stage\.drop\[0\]: #13 #14 #57\n/,
    );
    t.match(
      out,
      /promtail: #13 dropped at[^]*stage\.drop\[0\] drops it\nalloy: #13 sent to loki\.write\.out\n/,
    );
    t.match(err, /config\.alloy:55:2: error\[parity\/behaviour\]: loki\.process\.main stage\.drop\[0\]/);
    const json = JSON.parse((await fleet(...argv, entries, "--json")).out) as object;
    t.match(json, {
      ok: false,
      behaviour: {
        different: 3,
        differences: [{ stage: { alloy: { stage: "stage.drop[0]" } }, entries: [12, 13, 56] }],
      },
    });
    const malformed = await fleet(...argv, join(directory, "broken.json"));
    t.equal(malformed.code, 1);
    t.match(malformed.err, /pipeline\/malformed-entry/);
  },
);

t.test("fleet parity without its files is exit code 2", async (t) => {
  const { code, err } = await fleet("parity");
  t.equal(code, 2);
  t.match(err, /parity needs --promtail FILE; parity needs --alloy FILE/);
});

t.test("fleet parity --with alloy asks the alloy on PATH too", async (t) => {
  const answers = (stdout: string, format: number): string =>
    `#!/bin/sh\ncase "$1" in\nconvert) cat ${stdout} ;;\nfmt) cat "$2"; exit ${format} ;;\n*) echo alloy, version v1.18.1 ;;\nesac\n`;
  const converted = join(FLAGSHIP, "converted.alloy");
  const directory = t.testdir({ bin: { alloy: answers(converted, 0) }, "other.alloy": "// another text\n" });
  chmodSync(join(directory, "bin/alloy"), 0o755);
  const path = process.env["PATH"];
  t.teardown(() => (process.env["PATH"] = path));
  process.env["PATH"] = `${join(directory, "bin")}:${path ?? ""}`;
  const argv = ["parity", "--promtail", PROMTAIL, "--alloy", converted, "--with", "alloy"];
  const agreed = await fleet(...argv);
  t.equal(agreed.code, 0, agreed.err);
  t.match(agreed.out, /asked alloy 1\.18\.1 \(from PATH\) too/);
  writeFileSync(join(directory, "bin/alloy"), answers(join(directory, "other.alloy"), 1));
  const disagreed = await fleet(...argv);
  t.equal(disagreed.code, 1);
  t.match(disagreed.err, /alloy convert and fleet convert differ from line 1 on/);
  t.match(disagreed.err, /alloy fmt refuses .*converted\.alloy/);
});

t.test("fleet parity --with alloy says when there is none", async (t) => {
  const path = process.env["PATH"];
  t.teardown(() => (process.env["PATH"] = path));
  process.env["PATH"] = t.testdir({});
  const argv = [
    "parity",
    "--promtail",
    PROMTAIL,
    "--alloy",
    join(FLAGSHIP, "config.alloy"),
    "--with",
    "alloy",
  ];
  const { code, err } = await fleet(...argv);
  t.equal(code, 0);
  t.match(err, /warning\[parity\/oracle-missing\]: there is no alloy on this machine/);
});
