import { spawnSync } from "node:child_process";
import { appendFile, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import t from "tap";
import { exampleFleet } from "../support/example.ts";
import { fleet } from "../support/fleet.ts";
import { matchGolden } from "../support/golden.ts";

t.test("init, generate and check follow each other, and each second time changes nothing", async (t) => {
  const root = await exampleFleet(t);
  await rm(join(root, "fleet.yaml"));
  const init = await fleet("init", "--repo", root);
  t.equal(init.code, 0, init.err);
  matchGolden(t, "init/example.yaml", await readFile(join(root, "fleet.yaml"), "utf8"));

  const stale = await fleet("generate", "--check", "--repo", root);
  t.equal(stale.code, 1);
  t.match(stale.out, "+++ b/modules/alloy/config.alloy\n");
  t.same(await readdir(join(root, "modules")), ["promtail"], "--check writes nothing");

  const written = await fleet("generate", "--json", "--repo", root);
  t.equal(written.code, 0, written.err);
  t.match(JSON.parse(written.out), {
    ok: true,
    written: [
      "hosts/nas/configuration.nix",
      "modules/alloy/config.alloy",
      "modules/alloy/config.test.yaml",
      "modules/alloy/default.nix",
    ],
    stale: [],
  });
  matchGolden(
    t,
    "generate/example/config.alloy",
    await readFile(join(root, "modules/alloy/config.alloy"), "utf8"),
  );

  matchGolden(
    t,
    "generate/example/config.test.yaml",
    await readFile(join(root, "modules/alloy/config.test.yaml"), "utf8"),
  );
  const tested = await fleet("test", "--repo", root);
  t.equal(tested.code, 0, tested.out);

  t.match(await fleet("generate", "--check", "--repo", root), { code: 0, out: "" });
  t.match(JSON.parse((await fleet("generate", "--json", "--repo", root)).out), { written: [] });

  await appendFile(join(root, "modules/alloy/config.alloy"), "// by hand\n");
  const edited = await fleet("generate", "--check", "--repo", root);
  t.equal(edited.code, 1);
  t.match(edited.out, "\n-// by hand\n");
});

t.test("every Nix text that is generated parses", async (t) => {
  const golden = join(import.meta.dirname, "../golden/generate");
  const files = (await readdir(golden, { recursive: true })).filter((name) => name.endsWith(".nix"));
  t.ok(files.length >= 5);
  for (const file of files) {
    const { status, stderr } = spawnSync("nix-instantiate", ["--parse", join(golden, file)], {
      encoding: "utf8",
    });
    t.equal(status, 0, `${file}: ${stderr}`);
  }
});

t.test(
  "a Promtail module that cannot be read is one diagnostic with its place, and nothing is written",
  async (t) => {
    const root = await exampleFleet(t);
    await writeFile(
      join(root, "modules/promtail/default.nix"),
      "{ config, ... }:\n{\n  services.promtail = {\n",
    );
    const { code, out, err } = await fleet("generate", "--repo", root);
    t.match({ code, out }, { code: 1, out: "" });
    t.match(err, /^modules\/promtail\/default\.nix:\d+:\d+: error\[nix\//m);
    t.same(await readdir(join(root, "modules")), ["promtail"]);
  },
);

t.test(
  "a configuration that holds the host's name is reported, as config.alloy is one for all",
  async (t) => {
    const root = await exampleFleet(t);
    const file = join(root, "modules/promtail/default.nix");
    const text = await readFile(file, "utf8");
    await writeFile(
      file,
      text.replace('labels.job = "systemd-journal"', "labels.job = config.networking.hostName"),
    );
    const { code, err } = await fleet("generate", "--check", "--repo", root);
    t.equal(code, 1);
    t.match(err, /warning\[generate\/depends-on-host\]/);
  },
);
