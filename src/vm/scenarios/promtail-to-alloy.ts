import {
  expectEqualCounts,
  expectLoki,
  inBackground,
  log,
  pause,
  scenario,
  stopUnit,
  subtest,
  waitForUnit,
  waitUntilSucceeds,
} from "../scenario/toolkit.ts";

const LINES = 100;

function of(collector: string, mark: string): string {
  return `{collector="${collector}"} |= "${mark}-{{nonce}} "`;
}

export const promtailToAlloy = scenario({
  name: "promtail-to-alloy",
  description: "Both ship one journal into one Loki; then Promtail stops, and not a line is missing.",
  ships: ["promtail", "alloy"],
  steps: [
    waitForUnit("promtail.service"),
    waitForUnit("alloy.service"),
    subtest(
      "while both ship, each sends every line",
      log("both-{{nonce}}", { lines: LINES }),
      expectEqualCounts("lines while both ship", {
        Promtail: of("promtail", "both"),
        Alloy: of("alloy", "both"),
      }),
      expectLoki({ name: "Promtail's lines", query: of("promtail", "both"), count: LINES }),
      expectLoki({ name: "Alloy's lines", query: of("alloy", "both"), count: LINES }),
    ),
    subtest(
      "when Promtail stops in the midst of logging, Alloy's lines have no gap",
      ...inBackground(
        "fleet-load",
        `for n in $(seq ${LINES}); do echo "switch-{{nonce}} $n"; sleep 0.1; done`,
      ),
      pause(4),
      stopUnit("promtail.service"),
      waitUntilSucceeds("! systemctl is-active --quiet fleet-load.service"),
      expectLoki({
        name: "Alloy's lines",
        query: of("alloy", "switch"),
        lines: Array.from({ length: LINES }, (_, at) => `switch-{{nonce}} ${at + 1}`),
      }),
    ),
  ],
});
