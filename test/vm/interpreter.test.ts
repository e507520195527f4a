import t, { type Test } from "tap";
import { FleetError } from "../../src/diagnostics/index.ts";
import {
  capture,
  expectEqualCounts,
  expectLoki,
  fail,
  log,
  pause,
  reboot,
  runSteps,
  scenario,
  subtest,
  succeed,
  waitForUnit,
  writeFile,
  type Steps,
} from "../../src/vm/scenario/index.ts";
import { fakeLoki } from "../loki/fake-loki.ts";
import { fakeMachine } from "./fake-machine.ts";

interface Stream {
  stream: Record<string, string>;
  values: [string, string][];
}

interface Fakes {
  answer?: (script: string) => string | number;
  /** What each query finds; the streams that there are in all. */
  find?: (query: string, count: number) => Stream[];
  series?: Record<string, string>[];
}

/** Runs steps over a machine that runs nothing and a Loki that answers as the test says. */
async function run(t: Test, steps: Steps, fakes: Fakes = {}): Promise<{ done: string[]; failure: string }> {
  const { machine, done } = fakeMachine(fakes.answer);
  const loki = await fakeLoki(t, ({ path, query }, count) =>
    path.endsWith("/series")
      ? { status: 200, body: { data: fakes.series ?? [] } }
      : {
          status: 200,
          body: {
            data: { resultType: "streams", result: fakes.find?.(query.get("query") ?? "", count) ?? [] },
          },
        },
  );
  const whole = scenario({ name: "test", description: "a test", steps });
  const subject = {
    host: "nas",
    all: '{job="j"}',
    predict: () => ({ arrives: false }) as const,
    configuration: { path: "/etc/alloy/config.alloy", text: "" },
    credential: { path: "/run/secrets/alloy-env", variable: "LOKI_PASSWORD" },
    lokiAddress: "loki.example.com:443",
  };
  try {
    await runSteps(whole.steps(subject), { machine, loki: { url: loki.url }, nonce: "4711" });
    return { done, failure: "" };
  } catch (caught) {
    if (!(caught instanceof FleetError)) throw caught;
    return { done, failure: caught.diagnostics.map(({ code, message }) => `${code}: ${message}`).join("\n") };
  }
}

function one(line: string, labels: Record<string, string> = { job: "j" }): Stream[] {
  return [{ stream: labels, values: [["1", line]] }];
}

t.test("steps are run in order, subtests as parts of their own", async (t) => {
  const { done, failure } = await run(
    t,
    [
      subtest("a part", succeed("true"), subtest("inside", fail("false"))),
      [waitForUnit("alloy.service"), [writeFile("/a/b", "text", { mode: "0600" })]],
      pause(2),
      reboot(),
    ],
    { answer: (script) => (script === "false" ? 1 : "") },
  );
  t.equal(failure, "");
  t.same(done.slice(0, -1), [
    "subtest a part",
    "succeed true",
    "subtest inside",
    "fail false",
    "wait for alloy.service",
    "copy text to /a/b as 0600",
    "sleep 2000",
    "reboot",
  ]);
  t.match(done.at(-1), /^until succeeds .*GET \/ready/s, "after a reboot Loki is waited for");
});

t.test("what was captured, and the nonce, take the place of their references", async (t) => {
  const asked: string[] = [];
  const { done, failure } = await run(
    t,
    [
      capture("unit", "print the unit"),
      succeed("stop {{unit}} {{nonce}}"),
      expectLoki({
        name: "x",
        query: '{unit="{{unit}}"} |= "{{nonce}}"',
        lines: ["of {{unit}}"],
        labels: { u: "{{unit}}" },
      }),
    ],
    {
      answer: (script) => (script === "print the unit" ? "a b.service\n" : ""),
      find: (query) => {
        asked.push(query);
        return one("of a b.service", { u: "a b.service" });
      },
    },
  );
  t.equal(failure, "");
  t.ok(done.includes("succeed stop a b.service 4711"));
  t.same(asked, ['{unit="a b.service"} |= "4711"']);
});

t.test("a text that could change a command is not captured", async (t) => {
  for (const text of ["a'b", 'a"b', "a$(b)", "a\\b", "a`b`", "two\nlines\n"]) {
    const { failure } = await run(t, [capture("x", "print")], { answer: () => text });
    t.match(failure, /^scenario\/capture-unusable: what was captured as x/, JSON.stringify(text));
  }
});

t.test("a reference to what was never captured is a mistake in the scenario", async (t) => {
  const { failure } = await run(t, [succeed("echo {{unit}}")]);
  t.equal(failure, "scenario/invalid: {{unit}} is not known yet");
});

t.test("Loki is asked again until what is expected is there", async (t) => {
  const { failure } = await run(t, [expectLoki({ name: "x", query: "{}", count: 1, within: 20 })], {
    find: (_query, count) => (count < 3 ? [] : one("there")),
  });
  t.equal(failure, "");
});

t.test("a failure says what was expected and what Loki had", async (t) => {
  const expectation = {
    name: "a login session's line arrives",
    query: '{job="j"} |= "hello"',
    labels: { unit: "session.scope" },
    within: 0,
  };
  const { failure } = await run(t, [expectLoki(expectation)], {
    find: () => one("hello", { job: "j", unit: "session-3.scope" }),
  });
  t.equal(
    failure,
    'scenario/loki-differs: a login session\'s line arrives: expected unit="session.scope" from {job="j"} |= "hello" within 0 s; ' +
      'Loki had 1 entry:\n  {job="j", unit="session-3.scope"} hello',
  );
});

t.test("where Loki has no such entry, a failure shows the streams that it has", async (t) => {
  const expectation = { name: "a line", query: '{job="j"} |= "hello"', count: 1, within: 0 };
  const { failure } = await run(t, [expectLoki(expectation)], {
    series: [{ job: "k" }, { job: "k", unit: "u" }],
  });
  t.match(
    failure,
    /expected 1 entry .*; Loki had no such entry, but the streams\n {2}\{job="k", unit="u"\}\n {2}\{job="k"\}$/,
  );
});

t.test("equal counts must be equal, and not of nothing", async (t) => {
  const step = expectEqualCounts(
    "lines",
    { Promtail: '{collector="promtail"}', Alloy: '{collector="alloy"}' },
    { within: 0 },
  );
  t.match(await run(t, step), {
    failure: /expected equally many entries.*Loki had 0 of Promtail, 0 of Alloy$/,
  });
  const lacking = await run(t, step, { find: (query) => (query.includes("alloy") ? [] : one("a")) });
  t.match(lacking.failure, /Loki had 1 of Promtail, 0 of Alloy$/);
  t.equal((await run(t, step, { find: () => one("a") })).failure, "");
});

t.test("a message reaches the machine as it was written", async (t) => {
  const { done } = await run(t, log('it\'s $HOME \\ "quoted"'));
  t.ok(done[0]?.includes(String.raw`printf '%s\n' 'it'\''s $HOME \ "quoted"' >`));
});
