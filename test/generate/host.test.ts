import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import fc from "fast-check";
import t from "tap";
import { renderDiagnostic } from "../../src/diagnostics/index.ts";
import { wireHost } from "../../src/generate/nixos/host.ts";
import { matchGolden } from "../support/golden.ts";

const FIXTURES = join(import.meta.dirname, "../fixtures/generate/hosts");

function wire(text: string): ReturnType<typeof wireHost> {
  const host = { file: "hosts/nas/configuration.nix", text, modulesImport: "./utils/modules" };
  return wireHost(host, "modules", "modules/promtail");
}

for (const name of readdirSync(FIXTURES)) {
  t.test(`${name} is wired as its golden file shows, and wiring it again changes nothing`, (t) => {
    const text = readFileSync(join(FIXTURES, name), "utf8");
    const wired = wire(text);
    if (typeof wired === "string") {
      matchGolden(t, `generate/hosts/${name}`, wired);
      t.equal(wire(wired), wired);
    } else {
      const shown = renderDiagnostic(wired, { color: false, textOf: () => text });
      matchGolden(t, `generate/hosts/${name}.diag`, `${shown}\n`);
    }
    t.end();
  });
}

t.test("what stands around the imports never changes it", (t) => {
  const noise = fc.constantFrom(
    "# imports = [ ./utils/modules/promtail ];\n",
    'a = "imports = [ ${x {}} ";\n',
    "b = ''\n  imports = [ ''${ ''' ${toString [ 1 ]}\n'';\n",
    "c = { imports = [ ./utils/modules/promtail ]; };\n",
    "/* imports = [ */\n",
    "d = ./utils/modules/promtail;\n",
    "e = x: y: [ (x // { }) (y ++ [ ]) ];\n",
  );
  fc.assert(
    fc.property(fc.array(noise), fc.array(noise), (before, after) => {
      const around = (list: string): string =>
        `{ config, ... }:\n{\n${before.join("")}imports = [ ${list} ];\n${after.join("")}}\n`;
      return wire(around("./utils/modules/promtail ./a.nix")) === around("./utils/modules/alloy ./a.nix");
    }),
  );
  t.pass("for 100 random modules");
  t.end();
});
