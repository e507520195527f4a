/**
 * A rollout in a process of its own, to be killed: `ROOT MACHINES HOURS RESUME KILL_AT`, where KILL_AT is the number of
 * the record after which the process ends itself with SIGKILL, 0 for none. Prints the report.
 */
import { FleetError } from "../../src/diagnostics/index.ts";
import { simulateRollout } from "./rollout-fleet.ts";

const [root = "", machines = "", hours, resume, killAt] = process.argv.slice(2);
// For git's hooks, which fleet gives its own environment.
process.env["FLEET_PID"] = String(process.pid);
// The listener stays: were it gone, execa's own would end the process.
const interrupt = new AbortController();
process.on("SIGINT", () => {
  interrupt.abort(new FleetError({ code: "cli/interrupted", severity: "error", message: "interrupted" }));
});
try {
  const report = await simulateRollout(
    { root, machines },
    {
      hours: Number(hours),
      resume: resume === "true",
      signal: interrupt.signal,
      listener: ({ seq }) => {
        if (seq === Number(killAt)) process.kill(process.pid, "SIGKILL");
      },
    },
  );
  process.stdout.write(JSON.stringify(report));
} catch (caught) {
  if (!(caught instanceof FleetError)) throw caught;
  process.stdout.write(JSON.stringify({ ok: false, failures: [], code: caught.diagnostics[0]?.code }));
  process.exitCode = caught.exitCode;
}
