import t from "tap";
import { FleetError } from "../../src/diagnostics/index.ts";
import { lines } from "../../src/process/index.ts";

t.test("a program's lines come one by one", async (t) => {
  t.same(await collect(lines("printf", ["a\\nb\\n"])), ["a", "b"]);
});

t.test("a program that fails after some lines is an error with the end of its stderr", async (t) => {
  await t.rejects(
    collect(lines("sh", ["-c", "echo a; echo no journal >&2; exit 3"])),
    new FleetError({
      code: "process/failed",
      severity: "error",
      message: "sh ended with code 3: no journal",
    }),
  );
});

t.test("a reader that stops early ends the program", async (t) => {
  for await (const line of lines("yes", [])) {
    t.equal(line, "y");
    break;
  }
});

t.test("a program that is not there is an error", async (t) => {
  await t.rejects(collect(lines("no-such-program-here", [])), /process\/not-found/);
});

async function collect<T>(values: AsyncIterable<T>): Promise<T[]> {
  const all: T[] = [];
  for await (const value of values) all.push(value);
  return all;
}
