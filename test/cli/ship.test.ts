import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import t, { type Test } from "tap";
import { main } from "../../src/cli/main.ts";
import { fakeLoki } from "../loki/fake-loki.ts";

const FLAGSHIP = fileURLToPath(new URL("../oracle/cases/flagship_journal/config.alloy", import.meta.url));

async function fleet(argv: string[], input = ""): Promise<{ code: number; out: string; err: string }> {
  let out = "";
  let err = "";
  const code = await main(argv, {
    stdout: { write: (text) => (out += text) },
    stderr: { write: (text) => (err += text) },
    stdin: (async function* () {
      yield await Promise.resolve(input);
    })(),
  });
  return { code, out, err };
}

/** Two entries, one of which the flagship pipeline drops. */
function entries(): string {
  return ["hello", "refused connection: IN=eth0"]
    .map((MESSAGE) =>
      JSON.stringify({
        __REALTIME_TIMESTAMP: `${Date.now()}000`,
        _HOSTNAME: "nas",
        _TRANSPORT: "kernel",
        MESSAGE,
      }),
    )
    .join("\n");
}

function saved(t: Test, text: string): string {
  const path = join(t.testdir(), "entries.json");
  writeFileSync(path, text);
  return path;
}

t.test("ship prints what was sent and what each stage dropped", async (t) => {
  const { url, received } = await fakeLoki(t, () => ({ status: 204 }));
  const { code, out, err } = await fleet(["ship", "--config", FLAGSHIP, "--url", url, saved(t, entries())]);
  t.equal(err, "");
  t.equal(code, 0);
  t.match(out, /^read 2, sent 1, dropped 1 \(fleet's embedded shipper\)\n/);
  t.match(out, /1 +loki\.process\.main +stage\.drop\[0\] +drop_stage/);
  t.match(received[0]?.body, /"host":"nas".*"unit":"kernel".*"hello"/);
});

t.test("ship --json prints one document, also for entries on standard input", async (t) => {
  const { url } = await fakeLoki(t, () => ({ status: 204 }));
  const { code, out } = await fleet(["ship", "--config", FLAGSHIP, "--url", url, "--json", "-"], entries());
  t.equal(code, 0);
  t.match(JSON.parse(out), {
    ok: true,
    shipper: "embedded",
    read: 2,
    sent: 1,
    dropped: [{ count: 1 }],
    diagnostics: [],
  });
});

t.test("values for sys.env are taken from the environment and from --env", async (t) => {
  const { url, received } = await fakeLoki(t, () => ({ status: 204 }));
  const config = join(t.testdir(), "config.alloy");
  const text = readFileSync(FLAGSHIP, "utf8").replace(
    /url = .*/,
    `$&\nbearer_token = sys.env("FLEET_TEST_TOKEN")`,
  );
  writeFileSync(config, text);
  const { code } = await fleet(
    ["ship", "--config", config, "--url", url, "--env", "FLEET_TEST_TOKEN=a=b", "--entries", "-"],
    entries(),
  );
  t.equal(code, 0);
  t.equal(received[0]?.headers.authorization, "Bearer a=b");
});

t.test("a wrong call of ship is exit code 2 with the option at fault", async (t) => {
  const wrong: [argv: string[], message: RegExp][] = [
    [["-"], /--config says which configuration/],
    [["--config", FLAGSHIP], /give either --journal DIR or entries/],
    [["--config", FLAGSHIP, "--journal", "/j", "-"], /give either --journal DIR or entries/],
    [["--config", FLAGSHIP, "--url", "ftp://x", "-"], /--url: /],
    [["--config", FLAGSHIP, "--env", "X", "-"], /--env: must be NAME=VALUE/],
    [["--config", FLAGSHIP, "--alloy-version", "new", "-"], /--alloy-version: must be a version/],
    [["--config", "/no/such.alloy", "-"], /cannot be read/],
  ];
  for (const [argv, message] of wrong) {
    const { code, out, err } = await fleet(["ship", ...argv]);
    t.equal(code, 2, argv.join(" "));
    t.equal(out, "");
    t.match(err, message);
  }
});

t.test("a Loki that refuses is exit code 2, a bad entry exit code 1", async (t) => {
  const { url } = await fakeLoki(t, () => ({ status: 400, body: "entry too far behind" }));
  const refused = await fleet(["ship", "--config", FLAGSHIP, "--url", url, "-"], entries());
  t.equal(refused.code, 2);
  t.match(refused.err, /error\[loki\/rejected\]: .*entry too far behind/);
  const fine = await fakeLoki(t, () => ({ status: 204 }));
  const bad = await fleet(
    ["ship", "--config", FLAGSHIP, "--url", fine.url, "-"],
    `${entries()}\n{"MESSAGE":"x"}`,
  );
  t.equal(bad.code, 1);
  t.match(bad.out, /read 3, sent 1/);
});
