import t from "tap";
import type { CommandSpec } from "../../src/cli/command.ts";
import { parseCommandLine } from "../../src/cli/parse.ts";

const never = (): never => {
  throw new Error("a command was loaded while its options were read");
};

const commands: CommandSpec[] = [
  {
    name: "paint",
    summary: "paints",
    arguments: [{ name: "<file...>", description: "what to paint" }],
    options: [
      { flags: "-c, --with-color <color>", description: "the colour", choices: ["red", "blue"] },
      { flags: "--check", description: "only look" },
    ],
    examples: [["paint wall", "paints the wall"]],
    json: true,
    load: never,
  },
  { name: "paint-shop open", summary: "opens", examples: [], load: never },
];

/** argv -> options: each line is what a person types and what the command is given. */
const lines: [string[], object][] = [
  [["paint", "a", "b"], { arguments: [["a", "b"]], options: {}, repo: undefined, json: false }],
  [
    ["paint", "-c", "red", "a"],
    { arguments: [["a"]], options: { withColor: "red" }, repo: undefined, json: false },
  ],
  [
    ["paint", "a", "--check", "--json", "--repo", "/x"],
    { arguments: [["a"]], options: { check: true }, repo: "/x", json: true },
  ],
  [["paint-shop", "open", "--quiet"], { arguments: [], options: {}, repo: undefined, json: false }],
];

function parse(argv: string[]): { parsed: ReturnType<typeof parseCommandLine>; out: string } {
  let out = "";
  const parsed = parseCommandLine(argv, { out: (text) => (out += text), columns: 80 }, commands);
  return { parsed, out };
}

for (const [argv, invocation] of lines) {
  t.test(`fleet ${argv.join(" ")}`, (t) => {
    t.match(parse(argv).parsed, { invocation });
    t.end();
  });
}

t.test("help is printed, and is no command", (t) => {
  const { parsed, out } = parse(["paint", "--help"]);
  t.equal(parsed, 0);
  t.match(out, /Usage: fleet paint/);
  t.match(out, /paints the wall/);
  t.equal(parse([]).parsed, 0);
  t.end();
});

for (const [argv, message] of [
  [["pain"], /unknown command 'pain'/],
  [["paint"], /missing required argument 'file'/],
  [["paint", "a", "--chekc"], /unknown option '--chekc'/],
  [["paint", "a", "-c", "green"], /green/],
  [["paint-shop"], /which/],
] as const) {
  t.test(`fleet ${argv.join(" ")} is refused`, (t) => {
    t.throws(() => parse([...argv]), { exitCode: 2, message });
    t.end();
  });
}
