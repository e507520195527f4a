import { realpathSync } from "node:fs";
import { join } from "node:path";
import t, { type Test } from "tap";
import { missingRead, readFailure } from "../../src/gate/failure.ts";
import { parseFailure, Places } from "../../src/nix/index.ts";

const CONFIGURATION = `{ config, ... }:
let
  cfg = config.services.alloy;
in
{
  imports = [ ./hardware.nix ];
  services.alloy.enable = throw "boom";
  users.motd = cfg.extraFlag + config.services.foobar.name;
}
`;

function setUp(t: Test): { file: string; places: Places } {
  const root = realpathSync(t.testdir({ "configuration.nix": CONFIGURATION }));
  return { file: join(root, "configuration.nix"), places: new Places(root) };
}

/** What Nix 2.8 prints for a failure at a place. */
function at(message: string, file: string, line: number, column: number): string {
  return `error: ${message}\n\n       at ${file}:${line}:${column}:\n`;
}

t.test("a throw under a nixpkgs is placed by the option and file that its trace names", (t) => {
  const { file, places } = setUp(t);
  const failure = parseFailure(
    `error: boom\n\n       … while evaluating definitions from \`${file}':\n\n       … while evaluating the option \`services.alloy.enable':\n`,
  );
  t.match(readFailure(failure, [file], "26.05", places), {
    diagnostics: [
      {
        code: "gate/evaluation-failed",
        message: "boom",
        span: { file: "configuration.nix", start: { line: 7, column: 3 } },
      },
    ],
  });
  t.end();
});

t.test("an import that leads nowhere is placed where it stands", (t) => {
  const { file, places } = setUp(t);
  const missing = file.replace("configuration.nix", "hardware.nix");
  const failure = parseFailure(`error: getting status of '${missing}': No such file or directory\n`);
  t.match(readFailure(failure, [file], "26.05", places), {
    diagnostics: [
      { code: "gate/missing-file", span: { file: "configuration.nix", start: { line: 6, column: 17 } } },
    ],
  });
  t.end();
});

t.test("what only this machine lacks is unverified, not wrong", (t) => {
  const { file, places } = setUp(t);
  const messages: [message: string, option: string][] = [
    ["outside the embedded surface: lib.strings.toSnakeCase", "lib.strings.toSnakeCase"],
    [
      "file 'home-manager/nixos' was not found in the Nix search path (add it using $NIX_PATH or -I)",
      "<home-manager/nixos>",
    ],
    [
      "unable to download 'https://example.com/x.tar.gz': Couldn't resolve host name (6)",
      "https://example.com/x.tar.gz",
    ],
  ];
  for (const [message, option] of messages) {
    const findings = readFailure(parseFailure(at(message, file, 7, 3)), [file], "26.05", places);
    t.match(findings, { diagnostics: [], unverified: [{ option, span: { start: { line: 7 } } }] });
  }
  t.end();
});

t.test("a missing attribute is traced to the option that was read, also through an alias", (t) => {
  const { file, places } = setUp(t);
  const read = (message: string, column: number) =>
    missingRead(parseFailure(at(message, file, 8, column)), places);
  t.same(read("attribute 'extraFlag' missing", 16), ["services", "alloy", "extraFlag"]);
  t.same(read("attribute 'foobar' missing", 32), ["services", "foobar", "name"]);
  t.equal(read("value is a set while a string was expected", 16), undefined);
  t.end();
});
