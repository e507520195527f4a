import { existsSync, readFileSync } from "node:fs";
import t from "tap";
import { fleet } from "../support/fleet.ts";

t.test(
  "the command of docs/explain.md prints what stands there, before the migration has written its file",
  async (t) => {
    const config = "modules/alloy/config.alloy";
    t.notOk(existsSync(config), "the example stands before its migration");
    const { code, out, err } = await fleet(
      ...["explain", "--config", config, "--entries", "test/fixtures/coredump.json", "--stages"],
    );
    t.equal(code, 0);
    t.match(err, /warning\[generate\/planned\]: modules\/alloy\/config\.alloy is not there yet/);
    t.equal(/```console\n\$ [^\n]*\n([^]*?)```/.exec(readFileSync("docs/explain.md", "utf8"))?.[1], out);
  },
);

t.test("a configuration that no manifest means is not made up", async (t) => {
  const { code, err } = await fleet(
    "explain",
    "--config",
    "modules/other.alloy",
    "--entries",
    "test/fixtures/coredump.json",
  );
  t.equal(code, 2);
  t.match(err, /cli\/unreadable/);
});
