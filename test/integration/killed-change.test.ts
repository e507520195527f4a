import { spawn } from "node:child_process";
import { once } from "node:events";
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { setTimeout } from "node:timers/promises";
import t from "tap";
import { applyChanges, findChanges } from "../../src/repository/index.ts";

const NAMES = Array.from({ length: 40 }, (_, at) => `directory-${at % 4}/file-${at}`);
const BEFORE = "before\n".repeat(2000);
const AFTER = "after\n".repeat(2000);

/** A program that applies the change and says when it begins. */
const PROGRAM = `
const { applyChanges, findChanges } = await import(${JSON.stringify(new URL("../../src/repository/index.ts", import.meta.url).href)});
const wanted = new Map(${JSON.stringify(NAMES)}.map((name) => [name, "after\\n".repeat(2000)]));
const changes = await findChanges(process.argv[1], wanted);
process.stdout.write("begin");
await applyChanges(process.argv[1], changes);
`;

t.test("a run that is killed leaves whole files only, and the next run completes it", async (t) => {
  for (let round = 0; round < 5; round++) {
    const root = t.testdir(tree());
    const child = spawn(process.execPath, ["--input-type=module", "--eval", PROGRAM, root], {
      stdio: ["ignore", "pipe", "inherit"],
    });
    const ended = once(child, "exit");
    await once(child.stdout, "data");
    await setTimeout(round * 8);
    child.kill("SIGKILL");
    await ended;
    for (const name of NAMES) {
      const text = await readFile(join(root, name), "utf8");
      if (text !== BEFORE && text !== AFTER) t.fail(`${name} is neither old nor new`);
    }
    const wanted = new Map(NAMES.map((name) => [name, AFTER]));
    await applyChanges(root, await findChanges(root, wanted));
    t.same(await findChanges(root, wanted), []);
  }
});

function tree(): Record<string, Record<string, string>> {
  const directories: Record<string, Record<string, string>> = {};
  for (const name of NAMES) {
    const [directory = "", file = ""] = name.split("/");
    (directories[directory] ??= {})[file] = BEFORE;
  }
  return directories;
}
