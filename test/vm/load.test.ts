import { readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import t from "tap";
import { loadScenario, runSteps, type Subject } from "../../src/vm/scenario/index.ts";
import { fakeLoki } from "../loki/fake-loki.ts";
import { failureOf } from "../support/failure.ts";
import { fakeMachine } from "./fake-machine.ts";

const DOCUMENT = new URL("../../docs/scenarios.md", import.meta.url);

const subject: Subject = {
  host: "nas",
  all: '{job="systemd-journal"}',
  predict: () => ({ arrives: false }),
  configuration: { path: "/etc/alloy/config.alloy", text: "" },
  credential: { path: "/run/secrets/alloy-env", variable: "LOKI_PASSWORD" },
  lokiAddress: "loki.example.com:443",
};

t.test("the scenario in the documentation is loaded from a file anywhere, and runs", async (t) => {
  const [, example = ""] = /```ts\n([^]*?)```/.exec(await readFile(DOCUMENT, "utf8")) ?? [];
  const directory = t.testdir({ "ours.ts": example });
  const scenario = await loadScenario("ours.ts", directory);
  t.match(scenario, { name: "nginx-errors", ships: ["alloy"] });

  const { machine, done } = fakeMachine(() => "1234");
  const queries: string[] = [];
  const { url } = await fakeLoki(t, ({ query }) => {
    queries.push(query.get("query") ?? "");
    const stream = { host: "nas", unit: "nginx.service" };
    return {
      status: 200,
      body: { data: { resultType: "streams", result: [{ stream, values: [["1", "a line"]] }] } },
    };
  });
  await runSteps(scenario.steps(subject), { machine, loki: { url }, nonce: "4711" });
  t.match(queries, [
    '{job="systemd-journal"} |= "upstream timed out 4711"',
    '{job="systemd-journal"} |= "link is up 4711"',
  ]);
  t.ok(done.includes("subtest errors arrive"));
  t.ok(done.includes("succeed systemctl restart alloy.service"));
});

t.test(
  "every step in the documentation is one that a scenario can import, and the other way round",
  async (t) => {
    const document = await readFile(DOCUMENT, "utf8");
    const table = document.slice(document.indexOf("| step "), document.indexOf("That there is nothing"));
    const documented = [...table.matchAll(/`(\w+)(?:\(|`)/g)].map(([, name]) => name);
    const toolkit = await import("../../src/vm/scenario/toolkit.ts");
    const helpers = ["scenario", "withExternalLabel", "waitForLoki"];
    const exported = Object.keys(toolkit).filter((name) => !helpers.includes(name));
    t.same([...new Set(documented)].sort(), exported.sort());
  },
);

t.test("a file that is no scenario is one diagnostic", async (t) => {
  const directory = t.testdir({
    "broken.ts": "export default scenario(",
    "number.ts": "export default 7;",
    "none.ts": "export const steps = [];",
  });
  for (const file of ["broken.ts", "number.ts", "none.ts", "absent.ts"]) {
    const failure = await failureOf(loadScenario(file, directory));
    t.match(failure.diagnostics, [{ code: "scenario/unreadable", message: new RegExp(`^${file} `) }]);
  }
  await writeFile(join(directory, "twice.ts"), 'import "fleet/scenario"; export default 7;');
  t.match((await failureOf(loadScenario("twice.ts", directory))).diagnostics, [
    { message: "twice.ts exports no scenario by default" },
  ]);
});
