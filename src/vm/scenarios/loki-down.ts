import {
  expectLoki,
  inBackground,
  pause,
  scenario,
  startLoki,
  stopLoki,
  subtest,
  waitUntilSucceeds,
} from "../scenario/toolkit.ts";

/** Lines, and how long it takes to log them: longer than Loki is down. */
const LINES = 400;
const SECONDS = 80;
const DOWN = 60;

/** loki.write tries again for minutes while Loki is away, and holds what comes meanwhile. */
export const lokiDown = scenario({
  name: "loki-down",
  description: `Loki is stopped for ${DOWN} s while lines are logged; all of them arrive, each once.`,
  steps: ({ all }) => [
    subtest(
      "Loki stops while lines are logged, and starts again",
      ...inBackground(
        "fleet-load",
        `for n in $(seq ${LINES}); do echo "load-{{nonce}} $n"; sleep ${SECONDS / LINES}; done`,
      ),
      expectLoki({ name: "the first lines", query: `${all} |= "load-{{nonce}} "`, atLeast: 1 }),
      stopLoki(),
      pause(DOWN),
      startLoki(),
    ),
    subtest(
      "every line is in Loki, once",
      waitUntilSucceeds("! systemctl is-active --quiet fleet-load.service", { within: SECONDS * 3 }),
      expectLoki({
        name: "the lines that were logged",
        query: `${all} |= "load-{{nonce}} "`,
        lines: Array.from({ length: LINES }, (_, at) => `load-{{nonce}} ${at + 1}`),
        within: 240,
      }),
    ),
  ],
});
