import { join } from "node:path";
import t from "tap";
import { ensureProgram } from "../../src/programs/index.ts";
import { readJournal, writeJournal } from "../../src/ship/journal/directory.ts";
import { fieldValues, type RawEntry } from "../../src/ship/journal/entry.ts";
import { corpus } from "../../src/ship/proof/corpus.ts";

const env = process.env;

t.test("entries come out of a real journal as they went in, in the order of their times", async (t) => {
  const remote = await ensureProgram("systemd-journal-remote", { env });
  const journalctl = await ensureProgram("journalctl", { env });
  const directory = join(t.testdir(), "journal");
  const entries = corpus("nas", BigInt(Date.now()) * 1000n);
  await writeJournal(directory, [...entries.slice(20), ...entries.slice(0, 20)], remote);
  const found: RawEntry[] = [];
  for await (const entry of readJournal(directory, journalctl)) found.push(entry);
  t.equal(found.length, entries.length);
  for (const [index, entry] of entries.entries()) {
    const other = found[index] ?? {};
    for (const name of Object.keys(entry)) {
      t.same(fieldValues(other, name), fieldValues(entry, name), `${name} of entry ${index}`);
    }
  }
});

t.test("an entry that a journal refuses is an error, not a silent loss", async (t) => {
  const remote = await ensureProgram("systemd-journal-remote", { env });
  const [good = {}] = corpus("nas", BigInt(Date.now()) * 1000n);
  const { __REALTIME_TIMESTAMP: _, ...timeless } = good;
  const write = writeJournal(join(t.testdir(), "journal"), [good, timeless], remote);
  await t.rejects(write, /ship\/journal-incomplete: systemd-journal-remote wrote 1 of 2 entries/);
});
