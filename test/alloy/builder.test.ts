import t from "tap";
import {
  attribute,
  blank,
  block,
  call,
  comment,
  object,
  parse,
  quote,
  raw,
  render,
  unquote,
} from "../../src/alloy/index.ts";

t.test("objects are printed over several lines, arrays on one, blocks apart", (t) => {
  const text = render([
    comment("made by a test"),
    block("loki.process", "journal", [
      attribute("forward_to", [raw("loki.write.default.receiver")]),
      block("stage.labels", undefined, [
        attribute(
          "values",
          object([
            ["unit", ""],
            ["a-b", 'c"d'],
          ]),
        ),
      ]),
      comment("nothing to set"),
      block("stage.docker", undefined, []),
    ]),
    block("loki.write", "default", [
      block("endpoint", undefined, [attribute("url", call("sys.env", "URL")), attribute("n", 0.25)]),
      blank(),
      attribute("external_labels", new Map()),
    ]),
  ]);
  t.equal(
    text,
    `// made by a test
loki.process "journal" {
	forward_to = [loki.write.default.receiver]

	stage.labels {
		values = {
			unit  = "",
			"a-b" = "c\\"d",
		}
	}

	// nothing to set
	stage.docker { }
}

loki.write "default" {
	endpoint {
		url = sys.env("URL")
		n   = 0.25
	}

	external_labels = {}
}
`,
  );
  t.end();
});

t.test("no items give no text", (t) => {
  t.equal(render([]), "");
  t.end();
});

t.test("numbers have no exponents", (t) => {
  const text = render([
    attribute("a", 1e-7),
    attribute("b", 1.5e21),
    attribute("c", -(2n ** 63n)),
    attribute("d", 7),
  ]);
  t.equal(text, "a = 0.0000001\nb = 1500000000000000000000\nc = -9223372036854775808\nd = 7\n");
  t.throws(() => render([attribute("a", Number.NaN)]), RangeError);
  t.end();
});

t.test("names and expressions that are no Alloy are refused", (t) => {
  t.throws(() => render([attribute("a b", 1)]), { name: "RangeError" });
  t.throws(() => render([attribute("a", raw("1 +"))]), { name: "RangeError" });
  t.throws(() => render([block("a", "1x", [])]), { name: "RangeError" });
  t.end();
});

t.test("a quoted text means the text, whatever it holds", (t) => {
  for (const text of ["", "a", 'q"\\', "\0\x07\x7f\n", "\u00a0é日", "\u{1f600}\u{e0001}"]) {
    t.equal(unquote(quote(text)), text, quote(text));
    t.same(parse("x", `a = ${quote(text)}`).diagnostics, []);
  }
  t.equal(quote("\u00a0\u{e0001}\x7f"), String.raw`"\u00a0\U000e0001\x7f"`);
  t.end();
});
