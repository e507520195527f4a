import { readFile, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import t from "tap";
import { exampleFleet } from "../support/example.ts";
import { fleet } from "../support/fleet.ts";

t.test("fleet schema prints a JSON Schema, outside of any repository too", async (t) => {
  const { code, out, err } = await fleet("schema");
  t.match({ code, err }, { code: 0, err: "" });
  t.match(JSON.parse(out), { type: "object", properties: { hosts: {} }, additionalProperties: false });
});

t.test("fleet secrets check of the example is clean", async (t) => {
  const { code, out, err } = await fleet("secrets", "check", "--repo", await exampleFleet(t));
  t.match({ code, err }, { code: 0, err: "" });
  t.match(out, /^nas +yes +yes +yes +hosts\/nas\/secrets\.yaml$/m);
});

t.test("fleet secrets check exits 1 with the mending command, on stdout only JSON with --json", async (t) => {
  const root = await exampleFleet(t);
  await rm(join(root, "hosts/nas/secrets.yaml"));
  const shown = await fleet("secrets", "check", "--repo", root);
  t.equal(shown.code, 1);
  t.match(
    shown.err,
    /error\[secrets\/no-file\]: host nas has no hosts\/nas\/secrets\.yaml\n {2}hint: printf/,
  );
  const json = await fleet("secrets", "check", "--json", "--repo", root);
  t.equal(json.code, 1);
  t.match(JSON.parse(json.out), { ok: false, hosts: [{ host: "nas", secret: false }, {}, {}, {}, {}] });
});

t.test("a bad manifest ends any command with exit code 2 and its place", async (t) => {
  const root = await exampleFleet(t);
  const file = join(root, "fleet.yaml");
  await writeFile(file, (await readFile(file, "utf8")).replace("  web: { channel", "  web: { chanel"));
  const { code, out, err } = await fleet("secrets", "check", "--repo", root);
  t.match({ code, out }, { code: 2, out: "" });
  t.match(err, /^fleet\.yaml:\d+:10: error\[manifest\/unknown-key\]: unknown key chanel in hosts\.web\n/m);
  t.match(err, "hint: did you mean channel?");
});

t.test("fleet init leaves a manifest that is there alone", async (t) => {
  const root = await exampleFleet(t);
  const before = await readFile(join(root, "fleet.yaml"), "utf8");
  const { code, err } = await fleet("init", "--repo", root);
  t.equal(code, 2);
  t.match(err, /manifest\/exists.*\n.*--force/);
  t.equal(await readFile(join(root, "fleet.yaml"), "utf8"), before);
});

t.test("fleet init --loki-url needs no evaluation", async (t) => {
  const root = await exampleFleet(t);
  const url = "https://logs.example.org/loki/api/v1/push";
  const { code, out } = await fleet("init", "--dry-run", "--loki-url", url, "--repo", root);
  t.equal(code, 0);
  t.match(out, `  url: ${url}\n`);
});
