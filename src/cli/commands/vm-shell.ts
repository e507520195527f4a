import { z } from "zod";
import { withGenerated } from "../../migrate/index.ts";
import { findRoot, loadFleet } from "../../repository/index.ts";
import { prepareHost, prepareQemu, startHost, TestLog } from "../../vm/index.ts";
import type { Run } from "../command.ts";
import { chooseHost } from "../vm/choose.ts";
import { MachineOptions, readOptions } from "../vm/options.ts";
import { promptIn } from "../vm/prompt.ts";

const Options = MachineOptions.extend({ host: z.string().optional() });
const Command = z.string().optional();

/** `fleet vm shell`: a prompt in a machine that is a host of the fleet, or one command there. */
export const run: Run = async (invocation, io) => {
  const options = readOptions(Options, invocation.options, "vm shell");
  const command = Command.parse(invocation.arguments[0]);
  const root = await findRoot({ repo: invocation.repo, cwd: io.cwd });
  const { fleet } = await loadFleet(root);
  const host = chooseHost(fleet, options.host);
  const log = (line: string): void => io.log(line);
  const context = { root, env: io.env, log, signal: io.signal };
  return withGenerated(context, fleet, host, async (tree) => {
    const request = {
      ...context,
      root: tree.root,
      fleet,
      host,
      promtail: tree.promtail,
      alloy: "where there is one" as const,
      memory: options.memory,
      bootTimeout: options.bootTimeout * 60_000,
    };
    const driver = await prepareQemu(request);
    const running = await prepareHost(
      [host.ship === "none" ? "alloy" : host.ship],
      driver,
      new TestLog(log),
      request,
    );
    try {
      await startHost(running);
      if (command === undefined) {
        await promptIn(running, io);
        return 0;
      }
      const { status, stdout, stderr } = await running.machine.execute(command, { timeout: 24 * 3600_000 });
      io.out(stdout);
      if (stderr !== "") io.log(stderr.trimEnd());
      return status === 0 ? 0 : 1;
    } finally {
      await running.release();
    }
  });
};
