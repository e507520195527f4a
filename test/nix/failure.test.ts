import t from "tap";
import { parseFailure } from "../../src/nix/index.ts";

t.test("a failure of an older Nix: the error first, then what was evaluated, innermost first", (t) => {
  const failure = parseFailure(`warning: the group 'nixbld' specified in 'build-users-group' does not exist
error: attribute 'nope' missing

       at /repo/hosts/nas/configuration.nix:7:20:

            6| {
            7|   y = builtins.seq (import ./a.nix).nope 1;
             |                    ^
            8| }

       … while evaluating the attribute 'content'

       at /fleet/nix/surface/lib/properties.nix:18:12:

           17|     _type = "override";
             |            ^

       … while evaluating the definition of \`users.motd' at /repo/hosts/nas/configuration.nix:7:3
`);
  t.equal(failure.message, "attribute 'nope' missing");
  t.same(failure.place, { file: "/repo/hosts/nas/configuration.nix", line: 7, column: 20 });
  t.same(failure.frames, [
    {
      doing: "while evaluating the attribute 'content'",
      place: { file: "/fleet/nix/surface/lib/properties.nix", line: 18, column: 12 },
    },
    {
      doing: "while evaluating the definition of `users.motd'",
      place: { file: "/repo/hosts/nas/configuration.nix", line: 7, column: 3 },
    },
  ]);
  t.end();
});

t.test("a failure of a newer Nix: the trace from the outside in, then the error", (t) => {
  const failure = parseFailure(`error:
       … while evaluating the attribute 'x'
         at /repo/a.nix:1:3:
            1| { x = import ./b.nix; }
             |   ^

       … while calling the 'throw' builtin
         at /repo/b.nix:2:1:
            2| throw "boom"
             | ^

       error: boom
       second line
`);
  t.equal(failure.message, "boom\nsecond line");
  t.equal(failure.place, undefined);
  t.same(
    failure.frames.map(({ place }) => place),
    [
      { file: "/repo/b.nix", line: 2, column: 1 },
      { file: "/repo/a.nix", line: 1, column: 3 },
    ],
  );
  t.end();
});

t.test("a message of several lines keeps them, without Nix's indentation", (t) => {
  const failure = parseFailure(`error: The option \`services.alloy.enabel' does not exist. Definition values:
       - In \`/repo/h/a.nix': true

       Did you mean \`services.alloy.enable'?
(use '--show-trace' to show detailed location information)
`);
  t.equal(
    failure.message,
    "The option `services.alloy.enabel' does not exist. Definition values:\n- In `/repo/h/a.nix': true\n\nDid you mean `services.alloy.enable'?",
  );
  t.end();
});

t.test("output without any error is the message itself", (t) => {
  t.equal(parseFailure("Killed\n").message, "Killed");
  t.end();
});

t.test("a place outside of files is no place", (t) => {
  const failure = parseFailure(
    "error: undefined variable 'foo'\n\n       at «string»:1:1:\n\n            1| foo\n",
  );
  t.match(failure, { message: "undefined variable 'foo'", place: undefined });
  t.end();
});
