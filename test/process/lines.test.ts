import t from "tap";
import { FleetError } from "../../src/diagnostics/index.ts";
import { lines } from "../../src/process/index.ts";

t.test("a program's lines come one by one", async (t) => {
  const seen: string[] = [];
  for await (const line of lines("printf", ["a\\nb\\n"])) seen.push(line);
  t.same(seen, ["a", "b"]);
});

t.test("a program that fails after some lines is an error with the end of its stderr", async (t) => {
  const read = async (): Promise<void> => {
    for await (const _ of lines("sh", ["-c", "echo a; echo no journal >&2; exit 3"]));
  };
  await t.rejects(
    read(),
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
  const read = async (): Promise<void> => {
    for await (const _ of lines("no-such-program-here", []));
  };
  await t.rejects(read(), /process\/not-found/);
});
