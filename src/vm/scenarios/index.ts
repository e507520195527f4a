import type { Scenario } from "../scenario/toolkit.ts";
import { journalToLoki } from "./journal-to-loki.ts";
import { lokiDown } from "./loki-down.ts";
import { promtailToAlloy } from "./promtail-to-alloy.ts";
import { reboot } from "./reboot.ts";
import { reload } from "./reload.ts";
import { sandbox } from "./sandbox.ts";
import { telemetry } from "./telemetry.ts";
import { wrongPassword } from "./wrong-password.ts";

/** The scenarios that fleet brings along, in the order in which they run. */
export const SCENARIOS: readonly Scenario[] = [
  journalToLoki,
  sandbox,
  telemetry,
  reload,
  wrongPassword,
  lokiDown,
  reboot,
  promtailToAlloy,
];

export { journalToLoki };
