import { join } from "node:path";
import { realpathSync } from "node:fs";
import t, { type Test } from "tap";
import { Places } from "../../src/nix/index.ts";

function repository(t: Test): { root: string; places: Places } {
  const root = realpathSync(
    t.testdir({
      modules: { alloy: { "default.nix": '{\n  services.alloy.enable = true; # ä\n  "ä" = 1; x = 2;\n}\n' } },
      utils: { modules: t.fixture("symlink", "../modules") },
      hosts: { nas: { utils: t.fixture("symlink", "../../utils") } },
    }),
  );
  return { root, places: new Places(root) };
}

t.test("a module has one name, however many links lead to it", (t) => {
  const { root, places } = repository(t);
  t.equal(
    places.relative(join(root, "hosts/nas/utils/modules/alloy/default.nix")),
    "modules/alloy/default.nix",
  );
  t.equal(places.relative(join(root, "modules/gone.nix")), "modules/gone.nix");
  t.equal(places.relative("/etc/nixos/configuration.nix"), undefined);
  t.end();
});

t.test("the copy of a flake in the store is the repository's own file", (t) => {
  const { places } = repository(t);
  const store = "/nix/store/abcdefghijklmnopqrstuvwxyz012345-source";
  t.equal(places.relative(`${store}/modules/alloy/default.nix`), "modules/alloy/default.nix");
  t.equal(places.relative(`${store}/not/ours.nix`), undefined);
  t.end();
});

t.test("a span covers the attribute path at the place", (t) => {
  const { root, places } = repository(t);
  const span = places.span({ file: join(root, "hosts/nas/utils/modules/alloy"), line: 2, column: 3 });
  t.equal(span, undefined, "a directory has no lines");
  t.match(places.span({ file: join(root, "modules/alloy/default.nix"), line: 2, column: 3 }), {
    file: "modules/alloy/default.nix",
    start: { line: 2, column: 3 },
    end: { line: 2, column: 24 },
  });
  t.end();
});

t.test("Nix counts columns in bytes, spans count characters", (t) => {
  const { root, places } = repository(t);
  const span = places.span({ file: join(root, "modules/alloy/default.nix"), line: 3, column: 13 });
  t.match(span, { start: { line: 3, column: 12 }, end: { column: 13 } });
  t.end();
});

t.test("messages name files from the root", (t) => {
  const { root, places } = repository(t);
  const linked = join(root, "hosts/nas/utils/modules/alloy/default.nix");
  t.equal(places.shorten(`In \`${linked}' and ${root}/x`, [linked]), "In `modules/alloy/default.nix' and x");
  t.end();
});
