import { chmodSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import t from "tap";
import { ensureProgram } from "../../src/programs/index.ts";
import { corpus, writeJournal } from "../../src/ship/index.ts";
import { fleet } from "../support/fleet.ts";

const CASE = join(import.meta.dirname, "../oracle/cases/flagship_journal");

/** How many entries of a file each stage drops, by `fleet explain`. */
async function drops(entries: string): Promise<string[]> {
  const { out } = await fleet("explain", "--config", join(CASE, "config.alloy"), "--entries", entries);
  return out.split("\n").filter((line) => /^\d+ read|^ {2}\d+ at /.test(line));
}

t.test("a sample of a real journal does in a pipeline what the journal does", async (t) => {
  const root = t.testdir({ "fleet.yaml": "", bin: {} });
  const journal = join(root, "journal");
  const env = process.env;
  const remote = await ensureProgram("systemd-journal-remote", { env });
  const entries = corpus("nas", BigInt(Date.now()) * 1000n);
  await writeJournal(journal, entries, remote);
  // In the place of ssh: the other side's shell, with a journal of its own.
  const ssh = join(root, "bin/ssh");
  writeFileSync(ssh, `#!/bin/bash\nexec sh -c "\${@: -1} --directory='${journal}'"\n`);
  chmodSync(ssh, 0o755);
  const path = process.env["PATH"] ?? "";
  process.env["PATH"] = `${join(root, "bin")}:${path}`;
  t.teardown(() => (process.env["PATH"] = path));

  const { code, out } = await fleet("sample", "nas", "--repo", root, "--json");
  t.equal(code, 0);
  t.match(JSON.parse(out), { ok: true, entries: entries.length });
  const sample = join(root, "samples/nas.jsonl");
  const text = readFileSync(sample, "utf8");
  t.notMatch(text, /192\.0\.2\.|198\.51\.100\.|203\.0\.113\.|2001:db8::5\b|alice|52:54:00/);
  const raw = join(root, "raw.json");
  writeFileSync(raw, entries.map((entry) => JSON.stringify(entry)).join("\n"));
  t.same(await drops(sample), await drops(raw), "each stage drops as many");
  const files = ["--promtail", join(CASE, "promtail.yaml"), "--alloy", join(CASE, "config.alloy")];
  const parity = await fleet("parity", ...files, "--entries", sample);
  t.equal(parity.code, 0);
  t.match(parity.out, `${entries.length} come out the same`);

  const nothing = await fleet("sample", "nas", "--repo", root, "--unit", "no-such.service");
  t.equal(nothing.code, 1);
  t.equal(readFileSync(sample, "utf8"), text, "the sample that was there stays");
});
