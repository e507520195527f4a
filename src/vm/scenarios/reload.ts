import {
  capture,
  expectLoki,
  log,
  reloadUnit,
  scenario,
  subtest,
  succeed,
  withExternalLabel,
  writeFile,
} from "../scenario/toolkit.ts";

const SAME_PROCESS = '[ "$(systemctl show --property=MainPID --value alloy.service)" = "{{process}}" ]';

export const reload = scenario({
  name: "reload",
  description: "A changed configuration is taken up without a restart, and a broken one changes nothing.",
  steps: ({ all, configuration: { path, text } }) => [
    capture("process", "systemctl show --property=MainPID --value alloy.service"),
    subtest(
      "lines arrive with the labels of the old configuration",
      log("old-{{nonce}}"),
      expectLoki({
        name: "a line under the old configuration",
        query: `${all} |= "old-{{nonce}}"`,
        count: 1,
        withoutLabels: ["reloaded"],
      }),
    ),
    subtest(
      "after a reload, in the same process, with those of the new one",
      writeFile(path, withExternalLabel(text, "reloaded", "yes")),
      reloadUnit("alloy.service"),
      log("new-{{nonce}}"),
      expectLoki({
        name: "a line under the new configuration",
        query: `${all} |= "new-{{nonce}}"`,
        count: 1,
        labels: { reloaded: "yes" },
      }),
      succeed(SAME_PROCESS),
    ),
    subtest(
      "a broken configuration leaves the one before at work",
      writeFile(path, `${text}\nloki.write {`),
      reloadUnit("alloy.service"),
      log("still-{{nonce}}"),
      expectLoki({
        name: "a line after the reload of a broken configuration",
        query: `${all} |= "still-{{nonce}}"`,
        count: 1,
        labels: { reloaded: "yes" },
      }),
      succeed(SAME_PROCESS),
    ),
  ],
});
