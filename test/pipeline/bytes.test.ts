import fc from "fast-check";
import t from "tap";
import { byteLength, fromUtf8, printable, sliceBytes, toUtf8 } from "../../src/pipeline/bytes.ts";

t.test("any bytes come back from text as they were, with their number", (t) => {
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 40 }), (bytes) => {
      const text = fromUtf8(bytes);
      return Buffer.from(toUtf8(text)).equals(Buffer.from(bytes)) && byteLength(text) === bytes.length;
    }),
    { numRuns: 2000 },
  );
  t.pass();
  t.end();
});

t.test("a cut inside a character shows one U+FFFD for each of its bytes that are left", (t) => {
  t.equal(printable(sliceBytes("a日b", 0, 3)), "a\ufffd\ufffd");
  t.equal(
    sliceBytes("a日b", 0, 3) + sliceBytes("a日b", 3),
    "a日b".replace("日", "\udce6\udc97\udca5"),
    "the halves keep their bytes",
  );
  t.same(toUtf8(sliceBytes("a日b", 0, 3) + sliceBytes("a日b", 3)), Buffer.from("a日b"));
  t.end();
});
