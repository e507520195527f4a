import { existsSync, readFileSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import t from "tap";
import { convertLegacyPosition } from "../../../src/ship/run/legacy-position.ts";
import { Logger } from "../../../src/ship/run/logger.ts";
import { PositionsStore } from "../../../src/ship/run/positions-store.ts";
import { cursorKey, Positions } from "../../../src/ship/run/positions.ts";

const CURSOR = "s=7a0b;i=a;b=bbbb;m=1f;t=66;x=11";
/** As Alloy 1.18.1 writes it. */
const FILE = `positions:
  ? path: cursor-loki.source.journal.read
    labels: ""
  : ${CURSOR}
  ? path: /var/log/a.log
    labels: '{job="a"}'
  : "1234"
`;

t.test("a file of Alloy's is read, and written in the same form", async (t) => {
  const path = join(t.testdir({ "positions.yml": FILE }), "positions.yml");
  const positions = await Positions.open(path);
  t.equal(positions.get(cursorKey("loki.source.journal.read")), CURSOR);
  t.equal(positions.get({ path: "/var/log/a.log", labels: '{job="a"}' }), "1234");
  positions.put(cursorKey("loki.source.journal.read"), `${CURSOR}2`);
  await positions.save();
  t.equal(readFileSync(path, "utf8"), FILE.replace(CURSOR, `${CURSOR}2`));
  t.equal(statSync(path).mode & 0o777, 0o600);
  const again = await Positions.open(path);
  t.equal(again.get(cursorKey("loki.source.journal.read")), `${CURSOR}2`);
});

t.test("nothing is written before there is a position", async (t) => {
  const path = join(t.testdir(), "deep", "positions.yml");
  const positions = await Positions.open(path);
  await positions.save();
  t.notOk(existsSync(path));
  positions.put(cursorKey("x"), "c");
  await positions.save();
  t.match(readFileSync(path, "utf8"), "cursor-x");
});

t.test("positions of files that are gone are forgotten, cursors are not", async (t) => {
  const path = join(t.testdir({ "positions.yml": FILE }), "positions.yml");
  const positions = await Positions.open(path);
  await positions.clean();
  t.equal(positions.get({ path: "/var/log/a.log", labels: '{job="a"}' }), undefined);
  t.equal(positions.get(cursorKey("loki.source.journal.read")), CURSOR);
});

for (const [what, text] of [
  ["no YAML", "positions: ["],
  ["another shape", "positions: 3\n"],
] as const) {
  t.test(`a file that is ${what} is refused and stays as it is`, async (t) => {
    const path = join(t.testdir({ "positions.yml": text }), "positions.yml");
    await t.rejects(
      Positions.open(path),
      /ship\/positions-unreadable: .*positions\.yml is no file of positions/,
    );
    t.equal(readFileSync(path, "utf8"), text);
  });
}

t.test("a file that cannot be written is an error in the log, and the next saving writes it", async (t) => {
  const storage = t.testdir({ taken: "a file where a folder should be" });
  const lines: string[] = [];
  const store = new PositionsStore(storage, new Logger((line) => lines.push(line)));
  (await store.of("other")).put(cursorKey("other"), "c");
  const positions = await store.of("ok");
  positions.put(cursorKey("ok"), "c");
  writeFileSync(join(storage, "other"), "in the way");
  await store.save();
  t.match(lines, [/level=error msg="error writing positions file" component_id=other/]);
  t.ok(existsSync(store.pathOf("ok")), "the others are saved");
});

t.test("a Promtail's cursor is taken over in the form in which Alloy does it", async (t) => {
  const directory = t.testdir({
    "promtail.yaml": `positions:\n  cursor-journal: ${CURSOR}\n  /var/log/x: "3"\n`,
  });
  const path = join(directory, "positions.yml");
  const lines: string[] = [];
  const options = {
    path,
    component: "loki.source.journal.read",
    log: new Logger((line) => lines.push(line)),
  };
  await convertLegacyPosition({ file: join(directory, "promtail.yaml"), name: "journal" }, options);
  const positions = await Positions.open(path);
  t.equal(positions.get({ path: "cursor-loki.source.journal.read", labels: "{}" }), CURSOR);
  t.equal(positions.get(cursorKey("loki.source.journal.read")), undefined, "which Alloy does not find");
  await convertLegacyPosition({ file: join(directory, "promtail.yaml"), name: "journal" }, options);
  await convertLegacyPosition({ file: join(directory, "absent.yaml"), name: "journal" }, options);
  t.match(lines, [
    /successfully converted/,
    /new positions file already exists/,
    /not valid or does not exist/,
  ]);
});
