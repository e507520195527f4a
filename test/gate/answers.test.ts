import { readdirSync, readFileSync, statSync, truncateSync, utimesSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import t, { type Test } from "tap";
import { Answers } from "../../src/gate/cache/answers.ts";
import { trim } from "../../src/gate/cache/eviction.ts";
import type { Input } from "../../src/gate/cache/disk.ts";

interface SetUp {
  file: string;
  inputs: Input[];
  cache: string;
  open: () => Answers;
}

function setUp(t: Test): SetUp {
  const root = t.testdir({ repository: { file: "text" }, cache: {} });
  const file = join(root, "repository/file");
  const cache = join(root, "cache");
  return {
    file,
    inputs: [{ kind: "read", subject: file }],
    cache,
    open: () => new Answers({ directory: cache, root: join(root, "repository"), env: {} }),
  };
}

function keep(
  { open, inputs }: SetUp,
  question: string,
  answer: unknown,
  since = Date.now() + 1000,
): boolean {
  const answers = open();
  const kept = answers.keep(question, answer, inputs, since, answers.look());
  answers.close();
  return kept;
}

function filesOf(directory: string): string[] {
  return readdirSync(directory, { recursive: true, encoding: "utf8" })
    .map((name) => join(directory, name))
    .filter((path) => statSync(path).isFile());
}

t.test(
  "an answer is given again while its inputs are what they were, and again when they are once more",
  (t) => {
    const place = setUp(t);
    t.ok(keep(place, "question", { verdict: "pass" }));
    t.same(place.open().recall("question"), { verdict: "pass" });
    t.equal(place.open().recall("another question"), undefined);
    writeFileSync(place.file, "other");
    t.equal(place.open().recall("question"), undefined);
    t.ok(keep(place, "question", { verdict: "fail" }));
    t.same(place.open().recall("question"), { verdict: "fail" });
    writeFileSync(place.file, "text");
    t.same(place.open().recall("question"), { verdict: "pass" }, "both are kept");
    t.end();
  },
);

t.test("an answer whose inputs changed while it was found is not kept", (t) => {
  const place = setUp(t);
  t.notOk(keep(place, "question", "answer", Date.now() - 1000));
  t.equal(place.open().recall("question"), undefined);
  t.end();
});

t.test("a cache whose files are cut short, garbled or replaced has no answers, and takes new ones", (t) => {
  const damages: ((path: string) => void)[] = [
    (path) => truncateSync(path, 0),
    (path) => truncateSync(path, statSync(path).size - 1),
    (path) => writeFileSync(path, readFileSync(path, "utf8").replace("pass", "fail")),
    (path) => writeFileSync(path, "null"),
  ];
  const place = setUp(t);
  for (const damage of damages) {
    keep(place, "question", "pass");
    for (const path of filesOf(join(place.cache, "1"))) damage(path);
    t.equal(place.open().recall("question"), undefined);
    t.ok(keep(place, "question", "pass"));
    t.equal(place.open().recall("question"), "pass");
  }
  t.end();
});

t.test("a cache that cannot be written keeps nothing, and is no failure", (t) => {
  const place = setUp(t);
  writeFileSync(join(place.cache, "1"), "a file where a directory should be");
  t.notOk(keep(place, "question", "answer"));
  t.end();
});

t.test("what was not of use for long goes, and the oldest beyond the limit", (t) => {
  const place = setUp(t);
  for (const question of ["one", "two", "three"]) keep(place, question, question);
  const directory = join(place.cache, "1");
  const answers = filesOf(join(directory, "answers"));
  const [first = "", second = ""] = answers;
  const monthsAgo = Date.now() / 1000 - 90 * 24 * 3600;
  utimesSync(first, monthsAgo, monthsAgo);
  utimesSync(second, Date.now() / 1000 - 3600, Date.now() / 1000 - 3600);
  const limits = { oldest: 30 * 24 * 3600 * 1000, most: 1e6 };
  trim(directory, limits);
  t.equal(filesOf(join(directory, "answers")).length, 3, "once a day is enough");
  const stamp = join(directory, "trimmed");
  utimesSync(stamp, monthsAgo, monthsAgo);
  trim(directory, limits);
  t.equal(filesOf(join(directory, "answers")).includes(first), false);
  utimesSync(stamp, monthsAgo, monthsAgo);
  const held = filesOf(directory).reduce((sum, path) => sum + statSync(path).size, 0);
  trim(directory, { ...limits, most: held - 1 });
  t.notOk(filesOf(join(directory, "answers")).includes(second), "the older of two");
  t.end();
});
