import { writeFileSync } from "node:fs";
import { join } from "node:path";
import t from "tap";
import { ensureProgram } from "../../src/programs/index.ts";
import { fleet } from "../support/fleet.ts";

const FIXTURES = join(import.meta.dirname, "../fixtures/promtail-stages");

/** Why there is no real Promtail on this machine; undefined where there is one. */
const skip = await ensureProgram("promtail", { env: process.env }).then(
  () => undefined,
  (caught: unknown) => (caught instanceof Error ? caught.message : String(caught)),
);

t.test(
  "a real Promtail does what its model says with every stage and relabelling action, on awkward lines",
  skip === undefined ? {} : { skip },
  async (t) => {
    const promtail = join(FIXTURES, "promtail.yaml");
    const alloy = join(t.testdir({}), "config.alloy");
    const converted = await fleet("convert", promtail, "--faithful");
    writeFileSync(alloy, converted.out);
    const { out, err } = await fleet(
      ...["parity", "--promtail", promtail, "--alloy", alloy, "--with", "promtail,loki", "--json"],
      ...["--entries", join(FIXTURES, "entries.jsonl")],
    );
    t.equal(converted.code, 0, err);
    const { real } = JSON.parse(out) as {
      real: { checks: { left: string; right: string; ok: boolean; equal: number; differences: unknown[] }[] };
    };
    const [first, second] = real.checks;
    t.match(first?.left, /^promtail 3\./);
    t.same(first?.differences, [], `${first?.equal ?? 0} entries are the same`);
    t.ok((first?.equal ?? 0) > 9000, "most pipelines send most lines");
    t.same(second?.differences, [], "and fleet ship what Alloy's model says");
  },
);
