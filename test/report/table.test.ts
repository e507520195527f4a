import t from "tap";
import { renderTable } from "../../src/report/index.ts";

t.test("columns line up, colour codes count as nothing, trailing blanks are cut", (t) => {
  const red = "\u001b[31mfail\u001b[0m";
  t.equal(
    renderTable([
      ["host", "verdict", "why"],
      ["nas", red, "removed"],
      ["build", "pass", ""],
    ]),
    `host   verdict  why\nnas    ${red}     removed\nbuild  pass\n`,
  );
  t.end();
});

t.test("only the last column is cut to the width", (t) => {
  t.equal(renderTable([["a", "0123456789abcdef"]], 15), "a  0123456789a…\n");
  t.end();
});
