import t from "tap";
import type { Diagnostic } from "../../src/diagnostics/index.ts";
import { Console } from "../../src/vm/qemu/console.ts";

function troubles(...lines: string[]): { found: Diagnostic[]; text: string } {
  const found: Diagnostic[] = [];
  const console = new Console((trouble) => found.push(trouble));
  for (const line of lines) console.add(line);
  return { found, text: console.text() };
}

t.test("a panic of the kernel is seen, with its reason", (t) => {
  const line = "[    1.234] Kernel panic - not syncing: VFS: Unable to mount root fs on unknown-block(0,0)";
  t.match(troubles(line).found, [{ code: "vm/kernel-panic", message: /VFS: Unable to mount root fs/ }]);
  t.end();
});

t.test("a process killed for want of memory is seen, but a unit that went over its own limit is not", (t) => {
  const line = "[   61.2] Out of memory: Killed process 512 (loki) total-vm:1300000kB, anon-rss:900000kB";
  t.match(troubles(line).found, [{ code: "vm/guest-out-of-memory", message: /killed loki/ }]);
  t.same(troubles(`[   61.2] Memory cgroup out of memory: Killed process 512 (loki)`).found, []);
  t.end();
});

t.test("the text of a console has no colours and cursor movements", (t) => {
  const { text } = troubles("[\u001b[0;32m  OK  \u001b[0m] Started \u001b[0;1;39mloki.service\u001b[0m.\r");
  t.equal(text, "[  OK  ] Started loki.service.\n");
  t.end();
});
