import { error, FleetError, type Code } from "../../diagnostics/index.ts";
import { run, type RunResult } from "../../process/index.ts";
import type { DeployContext } from "./deployer.ts";

export interface ToolRun {
  context: DeployContext;
  /** Named before each line that is logged. */
  host: string;
  cwd: string;
  /** Milliseconds. */
  timeout: number;
  env?: Readonly<Record<string, string>>;
}

/** Runs a program to its end, whatever its exit code. Throws as `run` of `process` does. */
export async function runTool(
  command: string,
  args: readonly string[],
  { context, host, cwd, timeout, env = {} }: ToolRun,
): Promise<RunResult> {
  return run(command, args, {
    cwd,
    env: { ...context.env, ...env },
    timeout,
    signal: context.signal,
    onStderr: (line) => {
      context.log(`${host}: ${line}`);
    },
  });
}

/** As `runTool`; any other end than exit code 0 is a FleetError of `code` with the last lines that it printed. */
export async function requireTool(
  code: Code,
  command: string,
  args: readonly string[],
  options: ToolRun,
): Promise<string> {
  const { exitCode, signal, stdout, stderr } = await runTool(command, args, options);
  if (exitCode === 0) return stdout;
  const said = (stderr.trim() || stdout.trim()).split("\n").slice(-5).join("\n");
  const end = signal === undefined ? `ended with code ${exitCode}` : `was ended by ${signal}`;
  throw new FleetError(error(code, `${options.host}: ${command} ${end}${said === "" ? "" : `: ${said}`}`), 1);
}
