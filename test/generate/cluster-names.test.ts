import fc from "fast-check";
import t from "tap";
import { isIdentifier, sanitizeIdentifier } from "../../src/alloy/index.ts";
import { uniqueNames } from "../../src/generate/kubernetes/names.ts";

const variable = (name: string): string => name.replaceAll("-", "_").toUpperCase();
const names = fc.uniqueArray(
  fc.oneof(
    fc.stringMatching(/^[A-Za-z0-9_-]{1,8}$/),
    fc.constantFrom("prod", "PROD", "pro-d", "pro_d", "true", "null", "1", "_1", "-1"),
  ),
  { maxLength: 12 },
);

t.test("a name that clashes with none keeps what it becomes", (t) => {
  t.same(
    [...uniqueNames(["grafana-cloud", "local"], variable)],
    [
      ["grafana-cloud", "GRAFANA_CLOUD"],
      ["local", "LOCAL"],
    ],
  );
  t.end();
});

t.test("names that meet are told apart, each by itself", (t) => {
  const both = uniqueNames(["prod", "PROD", "other"], variable);
  t.match([...both.values()], [/^PROD_[0-9A-F]{6}$/, /^PROD_[0-9A-F]{6}$/, "OTHER"]);
  t.equal(uniqueNames(["PROD", "prod", "third"], variable).get("prod"), both.get("prod"));
  t.end();
});

t.test("a keyword cannot be a label", (t) => {
  t.match(uniqueNames(["true"], sanitizeIdentifier).get("true"), /^true_[0-9a-f]{6}$/);
  t.end();
});

t.test("whatever the names, variables and labels are legal and distinct", (t) => {
  fc.assert(
    fc.property(names, (list) => {
      const variables = [...uniqueNames(list, variable).values()];
      const labels = [...uniqueNames(list, sanitizeIdentifier).values()];
      return (
        new Set(variables).size === list.length &&
        new Set(labels).size === list.length &&
        variables.every((one) => /^[A-Z0-9_]+$/.test(one)) &&
        labels.every(isIdentifier)
      );
    }),
    { numRuns: 300 },
  );
  t.pass("300 sets of names");
  t.end();
});
