import { PassThrough } from "node:stream";
import t from "tap";
import { createIo } from "../../src/cli/io.ts";

t.test("much text on stdout waits for its reader", async (t) => {
  const stdout = new PassThrough({ highWaterMark: 4 });
  const io = createIo({
    streams: { stdout, stderr: new PassThrough(), stdin: new PassThrough() },
    env: {},
    cwd: "/",
    quiet: false,
    signal: new AbortController().signal,
  });
  let written = false;
  const writing = io.outAll("more than four bytes").then(() => (written = true));
  await new Promise(setImmediate);
  t.equal(written, false, "nobody has read yet");
  t.equal(String(stdout.read()), "more than four bytes");
  await writing;
  t.equal(written, true);
  await io.outAll("few");
  t.equal(String(stdout.read()), "few");
});
