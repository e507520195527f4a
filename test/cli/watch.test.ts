import { mkdtempSync, rmSync, renameSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import t, { type Test } from "tap";
import { nextChange } from "../../src/cli/test/watch.ts";

/** Long enough for a watcher to report what it has to. */
const PAUSE = 150;

function directory(t: Test): { root: string; file: string } {
  const root = mkdtempSync(join(tmpdir(), "fleet-watch-"));
  t.teardown(() => rmSync(root, { recursive: true }));
  const file = join(root, "config.alloy");
  writeFileSync(file, "before");
  return { root, file };
}

const later = (): number => Date.now() + 1000;

t.test("a changed file ends the wait, also when another takes its place", async (t) => {
  const { root, file } = directory(t);
  const written = nextChange([file], later(), new AbortController().signal);
  await sleep(PAUSE);
  writeFileSync(file, "after");
  t.equal(await written, true);
  const replaced = nextChange([file], later(), new AbortController().signal);
  await sleep(PAUSE);
  writeFileSync(join(root, "new"), "new");
  renameSync(join(root, "new"), file);
  t.equal(await replaced, true);
});

t.test("a change before the wait counts, and so does a new test beside the files", async (t) => {
  const { root, file } = directory(t);
  t.equal(await nextChange([file], 0, new AbortController().signal), true);
  const added = nextChange([file], later(), new AbortController().signal);
  await sleep(PAUSE);
  writeFileSync(join(root, "new.test.yaml"), "name: new\n");
  t.equal(await added, true);
});

t.test("other files do not end the wait, and Ctrl-C does", async (t) => {
  const { root, file } = directory(t);
  const interrupt = new AbortController();
  let ended = false;
  const waiting = nextChange([file, join(root, "nowhere/config.alloy")], later(), interrupt.signal);
  void waiting.finally(() => (ended = true));
  await sleep(PAUSE);
  writeFileSync(join(root, "notes.txt"), "mine");
  await sleep(PAUSE);
  t.equal(ended, false);
  interrupt.abort();
  t.equal(await waiting, false);
  t.equal(await nextChange([file], later(), interrupt.signal), false);
});
