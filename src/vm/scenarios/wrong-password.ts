import {
  capture,
  expectLoki,
  log,
  restartUnit,
  scenario,
  startUnit,
  stopUnit,
  subtest,
  succeed,
  waitForUnit,
  waitUntilSucceeds,
} from "../scenario/toolkit.ts";

/**
 * loki.write does not try again what Loki refuses with 401 (of 4xx only 429), and the journal's position moves on all
 * the same. So putting the password right is not enough: the operator must also let Alloy forget its position, and
 * it reads the journal again from max_age on. Loki takes a line that it has already for the same line.
 */
export const wrongPassword = scenario({
  name: "wrong-password",
  description:
    "Loki refuses a wrong password; Alloy stays up and says so; with the right one and the position forgotten, nothing is lost.",
  steps: ({ all, credential: { path, variable } }) => [
    subtest(
      "with the right password lines arrive",
      log("accepted-{{nonce}}", { lines: 3 }),
      expectLoki({ name: "accepted lines", query: `${all} |= "accepted-{{nonce}}"`, count: 3 }),
    ),
    subtest(
      "with a wrong one Loki refuses them, and Alloy stays up and says so",
      succeed(`cp --archive ${path} ${path}.right && sed -i 's/^${variable}=.*/${variable}=wrong/' ${path}`),
      restartUnit("alloy.service"),
      waitForUnit("alloy.service"),
      capture("restarts", "systemctl show --property=NRestarts --value alloy.service"),
      log("refused-{{nonce}}", { lines: 3 }),
      waitUntilSucceeds('journalctl --quiet --boot --unit=alloy.service --since="-5min" | grep --quiet 401', {
        within: 120,
      }),
      succeed(
        'systemctl is-active alloy.service && [ "$(systemctl show --property=NRestarts --value alloy.service)" = "{{restarts}}" ]',
      ),
      expectLoki({ name: "refused lines", query: `${all} |= "refused-{{nonce}}"`, count: 0 }),
    ),
    subtest(
      "with the right one again new lines arrive, but those that were refused are not sent again",
      succeed(`mv ${path}.right ${path}`),
      restartUnit("alloy.service"),
      log("afterwards-{{nonce}}", { lines: 3 }),
      expectLoki({ name: "new lines", query: `${all} |= "afterwards-{{nonce}}"`, count: 3 }),
      expectLoki({ name: "refused lines", query: `${all} |= "refused-{{nonce}}"`, count: 0 }),
    ),
    subtest(
      "once Alloy has forgotten its position it reads max_age of the journal again, and every line is there once",
      stopUnit("alloy.service"),
      succeed("find /var/lib/alloy/ -name positions.yml -print -delete | grep ."),
      startUnit("alloy.service"),
      expectLoki({
        name: "lines that were refused",
        query: `${all} |= "refused-{{nonce}}"`,
        count: 3,
        within: 180,
      }),
      expectLoki({ name: "lines from before", query: `${all} |= "accepted-{{nonce}}"`, count: 3 }),
      expectLoki({ name: "lines from afterwards", query: `${all} |= "afterwards-{{nonce}}"`, count: 3 }),
    ),
  ],
});
