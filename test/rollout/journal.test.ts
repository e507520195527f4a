import { appendFileSync, mkdtempSync, readFileSync, rmSync, truncateSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import fc from "fast-check";
import t, { type Test } from "tap";
import { FleetError } from "../../src/diagnostics/index.ts";
import { Journal, readJournal } from "../../src/rollout/journal.ts";
import type { Event, Step } from "../../src/rollout/record.ts";

const NOW = (): Date => new Date("2026-06-07T12:00:00.000Z");

function directory(t: Test): string {
  const path = mkdtempSync(join(tmpdir(), "fleet-journal-"));
  t.teardown(() => {
    rmSync(path, { recursive: true });
  });
  return join(path, "rollout.ndjson");
}

function write(path: string, events: readonly Event[]): void {
  const journal = new Journal(path, { run: "r", now: NOW, listener: () => undefined });
  for (const event of events) journal.append(event);
  journal.close();
}

function event(step: Step, host = "web"): Event {
  return { step, phase: "done", wave: 1, hosts: [host] };
}

function damage(path: string): { code: string | undefined; line: number | undefined } {
  try {
    readJournal(path);
  } catch (caught) {
    if (!(caught instanceof FleetError)) throw caught;
    const [first] = caught.diagnostics;
    return { code: first?.code, line: first?.span?.start.line };
  }
  return { code: undefined, line: undefined };
}

t.test("what is appended is read back, by a later run too", (t) => {
  const path = directory(t);
  write(path, [event("generate"), event("gate")]);
  write(path, [event("commit")]);
  t.same(
    readJournal(path).records.map(({ seq, step }) => `${seq} ${step}`),
    ["1 generate", "2 gate", "3 commit"],
  );
  t.end();
});

t.test(
  "wherever the last record is cut off, the ones before it are kept and the next one follows them",
  (t) => {
    const path = directory(t);
    write(path, [event("generate"), event("gate")]);
    const whole = readFileSync(path);
    const first = whole.indexOf(0x0a) + 1;
    for (const length of [first, first + 1, whole.length - 30, whole.length - 1]) {
      writeFileSync(path, whole);
      truncateSync(path, length);
      t.equal(readJournal(path).records.length, 1);
    }
    write(path, [event("gate")]);
    t.same(readFileSync(path), whole, "the remains are gone");
    t.end();
  },
);

t.test("a last line of zeros, as a crash of the machine may leave, is passed over", (t) => {
  const path = directory(t);
  write(path, [event("generate")]);
  appendFileSync(path, Buffer.alloc(100));
  t.equal(readJournal(path).records.length, 1);
  t.end();
});

t.test("a change of any byte before the last line end is found, with its line or one after it", (t) => {
  const path = directory(t);
  write(path, [event("generate"), event("gate"), event("commit")]);
  const whole = readFileSync(path, "latin1");
  fc.assert(
    fc.property(
      fc.integer({ min: 0, max: whole.length - 2 }),
      fc.constantFrom("x", "0", "}", "\n"),
      (at, by) => {
        fc.pre(whole[at] !== by);
        writeFileSync(path, whole.slice(0, at) + by + whole.slice(at + 1), "latin1");
        const { code, line } = damage(path);
        return (
          code === "rollout/journal-damaged" &&
          line !== undefined &&
          line >= whole.slice(0, at).split("\n").length
        );
      },
    ),
    { numRuns: 200 },
  );
  t.end();
});

t.test("a line that is taken out, doubled or moved is found", (t) => {
  const path = directory(t);
  write(path, [event("generate"), event("gate"), event("commit"), event("deploy")]);
  const lines = readFileSync(path, "utf8").trimEnd().split("\n") as [string, string, string, string];
  const [a, b, c, d] = lines;
  for (const [edited, line] of [
    [[a, c, d], 2],
    [[b, c, d], 1],
    [[a, b, b, c, d], 3],
    [[a, c, b, d], 2],
  ] as const) {
    writeFileSync(path, `${edited.join("\n")}\n`);
    t.same(damage(path), { code: "rollout/journal-damaged", line });
  }
  t.end();
});
