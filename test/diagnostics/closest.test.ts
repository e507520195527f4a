import t from "tap";
import { closest } from "../../src/diagnostics/index.ts";

t.test("the word with the fewest edits is meant", (t) => {
  t.equal(closest("chanel", ["channel", "ship"]), "channel");
  t.equal(closest("enabel", ["enable", "label"]), "enable");
  t.equal(closest("NAS", ["nas", "gw"]), "nas");
  t.end();
});

t.test("nothing is meant when every word is far away", (t) => {
  t.equal(closest("promtail", ["alloy", "none"]), undefined);
  t.equal(closest("x", ["y", "y1", "abc"]), undefined);
  t.equal(closest("x", []), undefined);
  t.end();
});
