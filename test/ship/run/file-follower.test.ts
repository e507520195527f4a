import { appendFileSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import t, { type Test } from "tap";
import { findFiles } from "../../../src/ship/run/file-finder.ts";
import { followFile } from "../../../src/ship/run/file-follower.ts";
import { Positions } from "../../../src/ship/run/positions.ts";

const LABELS = '{app="web"}';

function tail(path: string, fromEnd = false): Parameters<typeof followFile>[0] {
  const labels = new Map([
    ["app", "web"],
    ["filename", path],
  ]);
  return {
    component: "loki.source.file.f",
    path,
    labels,
    fromEnd,
    format: { encoding: "", compression: undefined },
  };
}

interface Following {
  /** Resolves with the lines read so far once there are so many. */
  lines: (count: number) => Promise<string[]>;
  stop: () => Promise<void>;
  done: Promise<void>;
}

function follow(t: Test, path: string, positions: Positions, fromEnd = false): Following {
  const stop = new AbortController();
  const read: string[] = [];
  const done = followFile(tail(path, fromEnd), { positions, signal: stop.signal }, async (line) => {
    read.push(Buffer.from(line).toString());
    return Promise.resolve(!stop.signal.aborted);
  });
  const end = async (): Promise<void> => {
    stop.abort();
    await done;
  };
  t.teardown(end);
  return {
    async lines(count) {
      while (read.length < count) await new Promise((resolve) => setTimeout(resolve, 10));
      return [...read];
    },
    stop: end,
    done,
  };
}

t.test("lines are read as they come whole, and read on from the position", async (t) => {
  const directory = t.testdir({ "a.log": "one\ntwo\nthr" });
  const path = join(directory, "a.log");
  const positions = await Positions.open(join(directory, "positions.yml"));
  const first = follow(t, path, positions);
  t.same(await first.lines(2), ["one", "two"]);
  appendFileSync(path, "ee\n");
  t.same(await first.lines(3), ["one", "two", "three"]);
  await first.stop();
  t.equal(positions.get({ path, labels: LABELS }), "14");
  appendFileSync(path, "four\n");
  const second = follow(t, path, positions);
  t.same(await second.lines(1), ["four"]);
});

t.test("a file that is rotated away is read to its end, then the new one", async (t) => {
  const directory = t.testdir({ "a.log": "one\n" });
  const path = join(directory, "a.log");
  const following = follow(t, path, await Positions.open(join(directory, "positions.yml")));
  await following.lines(1);
  appendFileSync(path, "two\nunended");
  renameSync(path, `${path}.1`);
  writeFileSync(path, "three\n");
  t.same(await following.lines(4), ["one", "two", "unended", "three"]);
});

t.test(
  "a file that is cut short is read from its beginning, one that is gone ends the reading",
  async (t) => {
    const directory = t.testdir({ "a.log": "a first line\n" });
    const path = join(directory, "a.log");
    const following = follow(t, path, await Positions.open(join(directory, "positions.yml")));
    await following.lines(1);
    writeFileSync(path, "cut\n");
    t.same(await following.lines(2), ["a first line", "cut"]);
    rmSync(path);
    await following.done;
  },
);

t.test("with tail_from_end what is there already is not read", async (t) => {
  const directory = t.testdir({ "a.log": "old\n" });
  const path = join(directory, "a.log");
  const following = follow(t, path, await Positions.open(join(directory, "positions.yml")), true);
  await new Promise((resolve) => setTimeout(resolve, 50));
  appendFileSync(path, "new\n");
  t.same(await following.lines(1), ["new"]);
});

t.test("files are looked for below the fixed part of a glob, and only there", async (t) => {
  const directory = t.testdir({
    pods: { one: { "a.log": "", deep: { "b.log": "" } }, "c.log": "" },
    "other.log": "",
    link: t.fixture("symlink", "other.log"),
  });
  const found = async (...patterns: string[]): Promise<string[]> =>
    (await findFiles(patterns.map((one) => `${directory}/${one}`))).map((one) =>
      one.slice(directory.length + 1),
    );
  t.same(await found("pods/*/*.log"), ["pods/c.log", "pods/one/a.log", "pods/one/deep/b.log"]);
  t.same(await found("pods/*.log"), ["pods/c.log"]);
  t.same(await found("other.log"), ["link", "other.log"]);
  t.same(await found("absent/*.log"), []);
});
