import { spawnSync } from "node:child_process";
import t from "tap";
import { COMMANDS } from "../../src/cli/commands.ts";
import { completionScript } from "../../src/cli/completion.ts";

/** What bash offers for a command line, asked of the script itself. */
function complete(...words: string[]): string[] {
  const program = [
    completionScript("bash", COMMANDS),
    `COMP_WORDS=(${words.map((word) => `'${word}'`).join(" ")}); COMP_CWORD=${words.length - 1}`,
    '_fleet; printf "%s\\n" "${COMPREPLY[@]}"',
  ].join("\n");
  const { stdout, stderr } = spawnSync("bash", ["-c", program], { encoding: "utf8" });
  t.equal(stderr, "");
  return stdout.split("\n").filter((line) => line !== "");
}

t.test("bash completes commands, options and option values", (t) => {
  t.same(complete("fleet", "complet"), ["completion"]);
  t.same(complete("fleet", "completion", "--qu"), ["--quiet"]);
  t.end();
});

t.test("every command is in each shell's script", (t) => {
  for (const shell of ["bash", "zsh", "fish"] as const) {
    const script = completionScript(shell, COMMANDS);
    for (const { name } of COMMANDS)
      for (const word of name.split(" ")) t.ok(script.includes(word), `${shell}: ${name}`);
  }
  t.end();
});
