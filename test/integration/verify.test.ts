import t from "tap";
import { startLoki } from "../../src/loki/index.ts";
import { verifyHost, type CheckResult, type VerifyReport } from "../../src/verify/index.ts";
import { CONFIGURATION, HostUnderTest } from "../support/verify.ts";

t.setTimeout(600_000);

const loki = await startLoki({ env: process.env, log: (line) => t.comment(line) });
t.teardown(() => loki.stop());
t.comment(loki.program.description);

let hosts = 0;

/** A host of its own, so that the tests share one Loki. */
async function verified(
  text: string,
  change: Partial<Parameters<typeof verifyHost>[0]> = {},
): Promise<VerifyReport> {
  const host = new HostUnderTest(loki.url, text, `nas${++hosts}`);
  await host.run();
  return verifyHost({ ...host.options("0123456789abcdef"), ...change });
}

function failed({ checks }: VerifyReport): CheckResult[] {
  return checks.filter(({ status }) => status === "failed");
}

t.test(
  "a host that ships what its configuration promises is verified, with nothing left unseen",
  async (t) => {
    const report = await verified(CONFIGURATION.text);
    t.comment(
      report.checks
        .map(({ status, name, expected, seen }) => `${status} | ${name} | ${expected} | ${seen}`)
        .join("\n"),
    );
    t.same(failed(report), []);
    t.equal(report.verified, true);
    t.same(
      report.checks.filter(({ status }) => status !== "held"),
      [],
    );
    t.equal(report.checks.filter(({ id }) => id.startsWith("drop:")).length, 4);
    t.ok(report.rates.now.length > 0);
  },
);

t.test("drops that were removed are found, each with what got through", async (t) => {
  const text = CONFIGURATION.text.replaceAll(/\tstage\.drop \{[^}]*\}\n/g, "");
  const report = await verified(text);
  t.equal(report.verified, false);
  t.same(
    failed(report).map(({ id }) => id),
    [0, 1, 2, 3].map((number) => `drop:loki.process.journal stage.drop[${number}]`),
  );
  t.match(failed(report)[0], {
    expected: "none, though the host logs them",
    seen: "the marked line arrived, 3 in the host's journal, 3 such lines in Loki",
  });
  t.match(
    failed(report)[3]?.seen,
    "1 such line in Loki",
    "a line that only dbus can write is found by its labels",
  );
});

for (const [what, from, to] of [
  ["in another form", "core dumped (user:", "crashed (user:"],
  ["left as it was written", "{{if .coredump_exe}}", "{{if .nothing}}"],
  ["without its label", 'coredump_unit = "coredump_unit",', 'crashed_unit = "coredump_unit",'],
] as const) {
  t.test(`a core dump ${what} is found`, async (t) => {
    const text = CONFIGURATION.text.replace(from, to);
    t.not(text, CONFIGURATION.text);
    const [only, ...others] = failed(await verified(text));
    t.equal(only?.id, "coredump");
    t.same(others, []);
    t.match(only?.expected, '"… core dumped (user: …/…, command: …)" with coredump_unit');
    t.comment(only?.seen);
  });
  t.test(`a core dump ${what} is found by Loki alone`, async (t) => {
    const host = new HostUnderTest(loki.url, CONFIGURATION.text.replace(from, to), `nas${++hosts}`);
    await host.run();
    const { logMarked: _, ...options } = host.options("0123456789abcdef");
    t.same(
      failed(await verifyHost(options)).map(({ id }) => id),
      ["coredump"],
    );
  });
}

t.test("logins that keep their number, and lines without a unit, are found", async (t) => {
  const sessions = CONFIGURATION.text.replace("^(session-\\\\d+.scope)$", "^(nothing)$");
  t.same(
    failed(await verified(sessions)).map(({ id }) => id),
    ["sessions", "control"],
  );
  const units = CONFIGURATION.text.replace("{{else}}{{.transport}}{{end}}", "{{end}}");
  const report = await verified(units);
  t.match(
    failed(report).map(({ id }) => id),
    ["labels", "kernel", "audit"],
  );
  t.match(failed(report)[0], { expected: "the labels host, job, unit", seen: /of \d+ streams without unit/ });
});

t.test("a journal that has stopped is found, and no drop is taken as shown by its silence", async (t) => {
  const host = new HostUnderTest(loki.url, CONFIGURATION.text, `nas${++hosts}`);
  await host.run();
  host.stop();
  const now = Date.now() + 1_800_000;
  // Half an hour on: what was shipped is of before, and the control line does not come.
  let time = now;
  const clock = { now: () => time, sleep: () => Promise.resolve(void (time += 10_000)) };
  const report = await verifyHost({ ...host.options("0123456789abcdef"), clock });
  t.equal(report.verified, false);
  t.match(
    failed(report).map(({ id }) => id),
    ["journal", "sessions", "control", "complete"],
  );
  t.match(report.checks[0]?.seen, /^none; the last one is of \d{4}-/);
  t.match(
    report.checks.find(({ id }) => id.endsWith("stage.drop[0]"))?.seen,
    "the marked line cannot be judged",
  );
});

t.test("a host that never shipped is not verified", async (t) => {
  const host = new HostUnderTest(loki.url, CONFIGURATION.text, "never");
  const { logMarked: _, ...options } = host.options("0123456789abcdef");
  const report = await verifyHost(options);
  t.equal(report.verified, false);
  t.match(report.checks[0], { id: "journal", status: "failed", seen: "none" });
  t.ok(report.checks.filter(({ id }) => id.startsWith("drop:")).every(({ status }) => status === "unseen"));
});

t.test("too many values of a label, and another rate than before, are found", async (t) => {
  const report = await verified(CONFIGURATION.text, { limits: { values: 3 }, baseline: 1_200_000 });
  t.match(failed(report), [{ id: "cardinality", seen: /values of unit/ }]);
  t.match(
    report.checks.find(({ id }) => id === "rate"),
    { status: "unseen", seen: /^none then/ },
  );
});
