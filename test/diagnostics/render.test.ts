import t from "tap";
import { error, LineIndex, renderDiagnostic } from "../../src/diagnostics/index.ts";

const text = 'hosts:\n  nas: { chanel: "26.05" }\n';

t.test("a diagnostic shows its place, the line with the span underlined, and the hint", (t) => {
  const start = text.indexOf("chanel");
  const diagnostic = error("cli/usage", "unknown key chanel", {
    span: new LineIndex("fleet.yaml", text).span(start, start + "chanel".length),
    hint: "did you mean channel?",
  });
  t.equal(
    renderDiagnostic(diagnostic, { color: false, textOf: () => text }),
    [
      "fleet.yaml:2:10: error[cli/usage]: unknown key chanel",
      '2 |   nas: { chanel: "26.05" }',
      "  |          ^^^^^^",
      "  hint: did you mean channel?",
    ].join("\n"),
  );
  t.end();
});

t.test("the positions of a line index agree with counting line breaks", (t) => {
  const index = new LineIndex("f", text);
  for (let offset = 0; offset <= text.length; offset++) {
    const before = text.slice(0, offset).split("\n");
    t.match(index.position(offset), {
      line: before.length,
      column: (before.at(-1)?.length ?? 0) + 1,
      offset,
    });
  }
  t.end();
});
