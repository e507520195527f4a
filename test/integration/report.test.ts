import { mkdtemp, readFile, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import axe from "axe-core";
import t from "tap";
import { main } from "../../src/cli/main.ts";
import { FleetError } from "../../src/diagnostics/index.ts";
import { ensureProgram, type Program } from "../../src/programs/index.ts";
import { Browser } from "../support/browser.ts";
import { exampleFleet } from "../support/example.ts";

t.setTimeout(600_000);

/** The browser, or why there is none. */
async function chromium(): Promise<Program | string> {
  try {
    return await ensureProgram("chromium", { env: process.env, log: (line) => t.comment(line) });
  } catch (caught) {
    if (caught instanceof FleetError) return caught.message;
    throw caught;
  }
}

const HOSTILE = `<img src=x onerror="document.title='taken'">'"&</script><script>document.title='taken'</script>`;
const END = 1_790_000_000_000;

/** An hour of lines a minute, the same every time. */
function rates(level: number): [number, number][] {
  return Array.from({ length: 60 }, (_, minute) => [
    END - (59 - minute) * 60_000,
    Math.round(level * (1 + Math.sin(minute / 6) / 3)),
  ]);
}

const VERIFICATION = {
  ok: false,
  hosts: [
    {
      host: "nas",
      verified: true,
      checks: [
        {
          name: "the journal of nas arrives",
          status: "held",
          expected: "lines with host=nas",
          seen: "412 lines",
        },
        {
          name: "audit lines say that they are",
          status: "unseen",
          expected: "lines with unit=audit",
          seen: "0 lines",
        },
      ],
      from: END - 3_600_000,
      to: END,
      rates: { now: rates(40), before: rates(36).map(([time, lines]) => [time - 86_400_000, lines]) },
    },
    {
      host: "web",
      verified: false,
      checks: [
        { name: HOSTILE, status: "failed", expected: "none, though the host logs them", seen: HOSTILE },
      ],
      from: END - 3_600_000,
      to: END,
      rates: { now: rates(120), before: [] },
    },
  ],
};

const MACHINES = {
  ok: true,
  host: "nas",
  scenarios: [
    {
      scenario: "journal-to-loki",
      description: "what the host logs reaches Loki",
      status: "passed",
      seconds: 92.4,
      means: [{ real: true, name: "loki 3.7.8" }],
      diagnostics: [{ message: HOSTILE }],
    },
  ],
};

const program = await chromium();
const skip = typeof program === "string" ? `no browser: ${program}` : false;

t.test("a report is whole, steps by keyboard, and is open to everybody", { skip }, async (t) => {
  if (typeof program === "string") return;
  t.comment(program.description);
  const root = await exampleFleet(t);
  await writeFile(join(root, "verify.json"), JSON.stringify(VERIFICATION));
  await writeFile(join(root, "vm.json"), JSON.stringify(MACHINES));
  const said: string[] = [];
  const stream = { write: (text: string) => said.push(text) };
  const file = join(root, "report.html");
  const argv = [
    "report",
    "--repo",
    root,
    "-o",
    file,
    "--verify",
    join(root, "verify.json"),
    "--vm",
    join(root, "vm.json"),
  ];
  const code = await main(argv, { stdout: stream, stderr: stream, stdin: process.stdin });
  t.equal(code, 0, said.join(""));
  t.notMatch(said.join(""), "without", "every part is there");

  const browser = await Browser.open(program.path);
  t.teardown(() => browser.close());
  const shots = await mkdtemp(join(tmpdir(), "fleet-report-screenshots-"));
  t.comment(`screenshots are in ${shots}`);
  await browser.resize(1200, 900);
  await browser.goTo(pathToFileURL(file).href);
  const ask = async (expression: string): Promise<unknown> => browser.evaluate(expression);

  t.match(await ask("document.title"), "Migration to Grafana Alloy");
  t.equal(await ask("document.querySelectorAll('img').length"), 0, "no text became an element");
  t.match(
    await ask("document.querySelector('#verification').textContent"),
    "onerror=",
    "it is shown as it is",
  );
  t.equal(await ask("document.querySelectorAll('#hosts tbody tr').length"), 5);
  t.equal(await ask("document.querySelectorAll('#gate tbody tr').length"), 5);
  t.equal(await ask("document.querySelectorAll('#pipeline svg').length"), 1);
  t.equal(await ask("document.querySelectorAll('.plot polyline').length"), 3);
  t.ok(((await ask("document.querySelectorAll('.trace').length")) as number) >= 40);

  t.comment("the second trace, by keys alone");
  await ask("document.querySelectorAll('.trace summary')[1].focus()");
  await browser.press("Enter");
  t.equal(await ask("document.querySelectorAll('.trace')[1].open"), true);
  await browser.press("Tab");
  t.equal(await ask("document.activeElement.className"), "steps stepping");
  const shown = async (): Promise<unknown> =>
    ask(
      "[...document.querySelectorAll('.trace')[1].querySelectorAll('li')].findIndex((li) => li.ariaCurrent === 'step' && li.offsetHeight > 0)",
    );
  t.equal(await shown(), 0);
  await browser.press("ArrowRight");
  await browser.press("ArrowRight");
  t.equal(await shown(), 2);
  await browser.press("ArrowLeft");
  t.equal(await shown(), 1);
  t.match(await ask("document.querySelectorAll('.trace output')[1].textContent"), /^stage 2 of 1\d$/);
  await browser.press("End");
  const last = (await ask(
    "document.querySelectorAll('.trace')[1].querySelectorAll('li').length - 1",
  )) as number;
  t.equal(await shown(), last);
  await browser.press("ArrowRight");
  t.equal(await shown(), last, "it ends there");
  await browser.press("Home");
  t.equal(await shown(), 0);
  await browser.press("Tab");
  await browser.press("Tab");
  await browser.press("Enter");
  t.equal(await shown(), 1, "the button for the next stage does the same");

  for (const scheme of ["light", "dark"] as const) {
    await browser.emulate(scheme);
    await browser.screenshot(join(shots, `${scheme}.png`));
    t.same(await problems(browser), [], `axe-core finds nothing serious (${scheme})`);
  }
  await browser.resize(390, 844);
  await browser.screenshot(join(shots, "narrow.png"));
  t.ok(await ask("document.documentElement.scrollWidth <= 390"), "nothing is wider than a small screen");
  await browser.emulate("dark", "print");
  await browser.resize(800, 1100);
  await browser.screenshot(join(shots, "print.png"));
  t.equal(
    await ask(
      "[...document.querySelectorAll('.trace')[1].querySelectorAll('li')].filter((li) => li.offsetHeight > 0).length",
    ),
    last + 1,
    "paper has every stage",
  );
  t.equal(await ask("getComputedStyle(document.body).backgroundColor"), "rgb(255, 255, 255)");
  t.same(browser.complaints, [], "the console is silent");
  t.same(
    browser.requests.filter((url) => !url.startsWith("file:")),
    [],
    "nothing is asked of a network",
  );
  t.notMatch(await readFile(file, "utf8"), root, "no path of this machine is in it");
});

/** What axe-core finds serious or critical, each with the first element. */
async function problems(browser: Browser): Promise<unknown> {
  await browser.evaluate(axe.source);
  return browser.evaluate(`axe.run(document, { resultTypes: ["violations"] }).then(({ violations }) =>
    violations.filter(({ impact }) => impact === "serious" || impact === "critical")
      .map(({ id, nodes }) => id + ": " + nodes[0].html + " " + nodes[0].failureSummary))`);
}
