import fc from "fast-check";
import t from "tap";
import { parse, type Block } from "../../src/alloy/index.ts";
import { compare } from "../../src/parity/index.ts";
import { convert, parsePromtail } from "../../src/promtail/index.ts";

/** Texts of all kinds: quotes, control characters, other scripts; no lone surrogates, which UTF-8 has not. */
const anyText = fc.string({ unit: "binary", maxLength: 12 });
/** Names that make an Alloy label as they are. */
const name = fc.stringMatching(/^j[a-z0-9_]{0,8}$/);

const configuration = fc.record({
  clients: fc.array(fc.record({ url: fc.constant("http://loki/push"), tenant_id: anyText }), {
    maxLength: 3,
  }),
  scrape_configs: fc.uniqueArray(
    fc.record({
      job_name: name,
      journal: fc.record({ path: anyText, labels: fc.dictionary(anyText, anyText, { maxKeys: 4 }) }),
      pipeline_stages: fc.array(
        fc.oneof(
          fc.record({ json: fc.record({ expressions: fc.dictionary(anyText, anyText, { maxKeys: 3 }) }) }),
          fc.record({ drop: fc.record({ source: anyText, expression: anyText }) }),
          fc.record({ replace: fc.record({ expression: anyText, replace: anyText }) }),
          fc.record({ labeldrop: fc.array(anyText, { maxLength: 3 }) }),
        ),
        { maxLength: 4 },
      ),
    }),
    { maxLength: 3, selector: ({ job_name }) => job_name },
  ),
});

function convertJson(value: unknown, faithful: boolean): string {
  const { promtail, diagnostics } = parsePromtail("promtail.json", JSON.stringify(value));
  if (promtail === undefined) throw new Error(diagnostics.map(({ message }) => message).join("; "));
  return convert(promtail, { faithful }).text;
}

/** The values of the string attribute `name` in the blocks of a name, in order. */
function valuesOf(text: string, block: string, attribute: string): unknown[] {
  const { file, diagnostics } = parse("config.alloy", text);
  if (diagnostics.length > 0) throw new Error(diagnostics[0]?.message);
  const blocks = file.body.filter((one): one is Block => one.kind === "block");
  return blocks
    .filter((one) => one.name.map((part) => part.name).join(".") === block)
    .map((one) => {
      const found = one.body.find((inner) => inner.kind === "attribute" && inner.name.name === attribute);
      return found?.kind === "attribute" && found.value.kind === "literal" ? found.value.value : "";
    });
}

t.test("what is converted can be parsed and says the same, whatever the texts are", (t) => {
  fc.assert(
    fc.property(configuration, (config) => {
      const text = convertJson(config, false);
      const paths = config.scrape_configs.map(({ journal }) => journal.path);
      t.strictSame(valuesOf(text, "loki.source.journal", "path"), paths);
    }),
    { numRuns: 60 },
  );
  t.end();
});

t.test("a conversion is at parity with itself", (t) => {
  fc.assert(
    fc.property(configuration, fc.boolean(), (config, faithful) => {
      const text = convertJson(config, faithful);
      return compare({ name: "a", text }, { name: "b", text }).ok;
    }),
    { numRuns: 60 },
  );
  t.end();
});
