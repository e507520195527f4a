import { GUEST } from "../guest-layout.ts";
import type { LokiExpectation } from "./expectation.ts";
import { flatten, type Step, type Steps } from "./step.ts";

/** Seconds that something has to come true where a step does not say. */
const WITHIN = 180;
/** Where a step puts the lines that a program then logs; gone with the next boot. */
const SCRATCH = "/run/fleet-scenario";
/** The unit that runs Loki's container, and the port that Loki answers on without a password, with either driver. */
const { lokiUnit: LOKI_UNIT, lokiPort: LOKI_PORT } = GUEST;

/** A named part of a scenario. */
export function subtest(name: string, ...steps: readonly Steps[]): Step {
  return { kind: "subtest", name, steps: flatten(steps) };
}

/** A bash script, run as root, that must end with 0. */
export function succeed(command: string): Step {
  return { kind: "run", command, outcome: "success" };
}

/** A bash script, run as root, that must end with another code than 0. */
export function fail(command: string): Step {
  return { kind: "run", command, outcome: "failure" };
}

/** A bash script that must come to end with 0. */
export function waitUntilSucceeds(command: string, { within = WITHIN } = {}): Step {
  return { kind: "retry", command, within };
}

/** Keeps what a bash script prints as `{{name}}`. */
export function capture(name: string, command: string): Step {
  return { kind: "capture", name, command };
}

/** Writes a file, making its directory. `mode` is octal. */
export function writeFile(path: string, text: string, { mode = "0644" } = {}): Step {
  return { kind: "write", path, text, mode };
}

/** Waits until a unit is active. */
export function waitForUnit(unit: string, { within = WITHIN } = {}): Step {
  return { kind: "wait-for-unit", unit, within };
}

export function startUnit(unit: string): Step {
  return succeed(`systemctl start ${unit}`);
}

export function stopUnit(unit: string): Step {
  return succeed(`systemctl stop ${unit}`);
}

export function restartUnit(unit: string): Step {
  return succeed(`systemctl restart ${unit}`);
}

export function reloadUnit(unit: string): Step {
  return succeed(`systemctl reload ${unit}`);
}

/** Reboots in an orderly way and waits until Loki answers again. */
export function reboot(): Step[] {
  return [{ kind: "reboot" }, waitForLoki()];
}

export function pause(seconds: number): Step {
  return { kind: "pause", seconds };
}

export function stopLoki(): Step {
  return stopUnit(LOKI_UNIT);
}

/** Starts Loki's container and waits until Loki answers. */
export function startLoki(): Step[] {
  return [startUnit(LOKI_UNIT), waitForLoki()];
}

/** Stops Loki's container and takes away all that it has stored. */
export function emptyLoki(): Step[] {
  return [stopLoki(), succeed("find /var/lib/loki -mindepth 1 -delete")];
}

/** Waits until Loki says that it is ready. */
export function waitForLoki(): Step {
  const ask = `exec 3<>/dev/tcp/127.0.0.1/${LOKI_PORT}; printf 'GET /ready HTTP/1.0\\r\\n\\r\\n' >&3; grep -q '^HTTP.* 200' <&3`;
  return waitUntilSucceeds(ask);
}

/** syslog's priorities, as `SyslogLevel=` of systemd has them. */
export type Priority = "emerg" | "alert" | "crit" | "err" | "warning" | "notice" | "info" | "debug";

export interface LogOptions {
  /** The service that logs, made for it; "fleet-demo" when left out. */
  unit?: string;
  /** SYSLOG_IDENTIFIER; the service's name when left out. */
  identifier?: string;
  priority?: Priority;
  /** So many lines: the message with 1, 2, ... behind it. */
  lines?: number;
}

/** A service starts, logs to its standard output and ends. */
export function log(message: string, options: LogOptions = {}): Step {
  const { unit = "fleet-demo", identifier = unit, priority = "info" } = options;
  const properties = `--property=SyslogIdentifier=${identifier} --property=SyslogLevel=${priority}`;
  return succeed(
    [
      scratch(message, options.lines),
      `systemd-run --quiet --collect --wait --unit=${unit} ${properties} cat ${SCRATCH}/lines`,
    ].join("\n"),
  );
}

/** A line of a service that runs already, sent by a process in its control group. */
export function logAs(unit: string, message: string, { identifier = "fleet-demo" } = {}): Step {
  return succeed(
    [
      scratch(message),
      printer(),
      `group=/sys/fs/cgroup$(systemctl show --property=ControlGroup --value ${unit})`,
      `(echo $BASHPID >"$group/cgroup.procs" && exec systemd-cat --identifier=${identifier} sh ${PRINTER})`,
    ].join("\n"),
  );
}

/** A line of the kernel. Its first word must not end with a colon, which would make it a program's name. */
export function logKernel(message: string): Step {
  return succeed(`printf '%s\\n' ${shellWord(`<6>${message}`)} >/dev/kmsg`);
}

/** A login session opens, logs a line and ends. */
export function logInSession(message: string, { identifier = "fleet-demo" } = {}): Step[] {
  return [
    succeed(
      [
        scratch(message),
        printer(),
        `systemd-run --quiet --collect --property=User=root --property=PAMName=login systemd-cat --identifier=${identifier} sh ${PRINTER}`,
      ].join("\n"),
    ),
    // The first session of a user starts a service manager of its own, which takes a while.
    waitUntilSucceeds(`journalctl --quiet --output=cat SYSLOG_IDENTIFIER=${identifier} | grep --quiet .`),
  ];
}

/** Runs a bash script beside the steps that follow, as a service whose output is logged. */
export function inBackground(unit: string, script: string): Step[] {
  const path = `${SCRATCH}/${unit}`;
  return [
    writeFile(path, `${script}\n`),
    succeed(`systemd-run --quiet --collect --unit=${unit} bash ${path}`),
  ];
}

/**
 * A process of a service crashes, and systemd-coredump logs it. What it logs is kept as `{{exe}}`, `{{command}}` and
 * `{{handler}}`, the unit of systemd-coredump itself.
 */
export function crashProcess(unit: string): Step[] {
  const waitsFor = `${SCRATCH}/${unit}`;
  const entry = `MESSAGE_ID=fc2e22bc6ee647b6b90729ab34a250b1 COREDUMP_UNIT=${unit}.service`;
  const field = (name: string): string =>
    `journalctl --quiet --output=cat --output-fields=${name} ${entry} | tail -n 1`;
  return [
    // Its command line names the unit, so that one crash is told from another.
    writeFile(waitsFor, ""),
    succeed(
      [
        `systemd-run --quiet --collect --property=Type=exec --unit=${unit} tail -f ${waitsFor}`,
        `kill -SEGV $(systemctl show --property=MainPID --value ${unit}.service)`,
      ].join("\n"),
    ),
    waitUntilSucceeds(`journalctl --quiet --output=cat ${entry} | grep -q .`),
    capture("exe", field("COREDUMP_EXE")),
    capture("command", field("COREDUMP_CMDLINE")),
    capture("handler", field("_SYSTEMD_UNIT")),
  ];
}

/** What a log query must come to find in Loki; within 180 s when not said otherwise. */
export function expectLoki(expectation: Omit<LokiExpectation, "within"> & { within?: number }): Step {
  return { kind: "expect-loki", expectation: { within: WITHIN, ...expectation } };
}

/** Queries, by what they stand for, that must come to find equally many entries. */
export function expectEqualCounts(
  name: string,
  queries: Readonly<Record<string, string>>,
  { within = WITHIN } = {},
): Step {
  return { kind: "expect-equal", name, queries, within };
}

function scratch(message: string, lines?: number): string {
  const word = shellWord(message);
  const print =
    lines === undefined
      ? `printf '%s\\n' ${word} >${SCRATCH}/lines`
      : `seq ${lines} | while read -r n; do printf '%s %s\\n' ${word} "$n"; done >${SCRATCH}/lines`;
  return `mkdir -p ${SCRATCH}\n${print}`;
}

/** Where `printer` is. */
const PRINTER = `${SCRATCH}/print`;

/**
 * Puts down a script that prints the lines and stays for a while: the journal looks at the process that wrote a
 * line to find its unit, and finds none when that process, `cat` say, has already ended.
 */
function printer(): string {
  const print = `while IFS= read -r line; do printf "%s\\n" "$line"; done <${SCRATCH}/lines`;
  return `printf '%s\\n' ${shellWord(print)} 'sleep 5' >${PRINTER}`;
}

function shellWord(text: string): string {
  return `'${text.replaceAll("'", `'\\''`)}'`;
}
