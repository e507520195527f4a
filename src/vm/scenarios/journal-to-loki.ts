import {
  capture,
  crashProcess,
  expectLoki,
  log,
  logAs,
  logInSession,
  logKernel,
  scenario,
  subtest,
  succeed,
  type Fate,
  type Step,
  type Steps,
  type Subject,
} from "../scenario/toolkit.ts";

/** Something that is logged on the machine, and the fields that its journal entry then has. */
interface Probe {
  /** A sentence's subject: "a line of a service". */
  what: string;
  send: Steps;
  fields: Readonly<Record<string, string>>;
  /** What the line is asked by: it has all of these. */
  marks: readonly string[];
}

/** In every message, so that the lines of one run can be counted. */
const RUN = "probe-{{nonce}}";

/** A session's number is not known before; a pipeline that normalizes it is given one all the same. */
const ANY_SESSION = "session-1.scope";

function message(text: string): { mark: string; message: string } {
  const mark = `${RUN}-${text.replace(/[^a-z]+/gi, "-").slice(0, 24)}`;
  return { mark, message: `${text} ${mark}` };
}

function ofService(what: string, unit: string, text: string): Probe {
  const { mark, message: whole } = message(text);
  const fields = { _TRANSPORT: "stdout", _SYSTEMD_UNIT: `${unit}.service`, SYSLOG_IDENTIFIER: unit };
  return {
    what,
    send: log(whole, { unit }),
    fields: { ...fields, MESSAGE: whole, PRIORITY: "6" },
    marks: [mark],
  };
}

function ofKernel(what: string, text: string): Probe {
  const { mark, message: whole } = message(text);
  return {
    what,
    send: logKernel(whole),
    fields: { _TRANSPORT: "kernel", MESSAGE: whole, PRIORITY: "6" },
    marks: [mark],
  };
}

function ofBus(what: string, text: string): Probe {
  const { mark, message: whole } = message(text);
  const fields = { _TRANSPORT: "stdout", _SYSTEMD_UNIT: "dbus.service", SYSLOG_IDENTIFIER: "dbus-daemon" };
  return {
    what,
    send: logAs("dbus.service", whole, { identifier: "dbus-daemon" }),
    fields: { ...fields, MESSAGE: whole, PRIORITY: "6" },
    marks: [mark],
  };
}

function ofSession(): Probe {
  const { mark, message: whole } = message("alice logged in");
  const identifier = "login-{{nonce}}";
  const unit = `journalctl --quiet --output=cat --output-fields=_SYSTEMD_UNIT SYSLOG_IDENTIFIER=${identifier} | tail -n 1`;
  return {
    what: "a line of a login session",
    send: [
      logInSession(whole, { identifier }),
      capture("session", unit),
      succeed(
        '[[ "{{session}}" =~ ^session-[0-9]+\\.scope$ ]] || { echo "logged by {{session}}" >&2; false; }',
      ),
    ],
    fields: {
      _TRANSPORT: "stdout",
      _SYSTEMD_UNIT: ANY_SESSION,
      SYSLOG_IDENTIFIER: identifier,
      MESSAGE: whole,
      PRIORITY: "6",
    },
    marks: [mark],
  };
}

/** systemd-coredump's own words, which hold a stack trace. */
const STACK = "Process dumped core";

function ofCrash({ predict }: Subject): Probe {
  const unit = "fleet-crash-{{nonce}}";
  const fields = {
    _TRANSPORT: "journal",
    _SYSTEMD_UNIT: "{{handler}}",
    SYSLOG_IDENTIFIER: "systemd-coredump",
    PRIORITY: "2",
    MESSAGE: STACK,
    COREDUMP_EXE: "{{exe}}",
    COREDUMP_CMDLINE: "{{command}}",
    COREDUMP_UID: "0",
    COREDUMP_GID: "0",
    COREDUMP_CGROUP: `/system.slice/${unit}.service`,
  };
  const fate = predict(fields);
  const reshaped = fate.arrives && fate.line?.includes("{{command}}") === true;
  return {
    what: "the core dump of a process that crashed",
    send: crashProcess(unit),
    fields,
    marks: reshaped ? ["dumped", "{{command}}"] : ["dumped core"],
  };
}

/** Lines of every kind, then the noise of such fleets, each kind with a look-alike that must stay. */
function probes(subject: Subject): Probe[] {
  return [
    ofService("a line of a service", "fleet-demo", "the service is up"),
    ofKernel("a line of the kernel", "usb 1-1: new device found"),
    ofSession(),
    ofCrash(subject),
    ofKernel(
      "a connection that the firewall refused",
      "refused connection: IN=eth0 OUT= SRC=203.0.113.5 DPT=23",
    ),
    ofService(
      "a service that speaks of refused connections",
      "fleet-demo",
      "rule logs as refused connection: IN=",
    ),
    ofService("an odd mDNS answer", "avahi-daemon", "Invalid response packet from host 192.0.2.77."),
    ofService("avahi-daemon's other lines", "avahi-daemon", "Server startup complete."),
    ofService(
      "a scanner that tries a login by mail",
      "postfix",
      "lost connection after AUTH from unknown[198.51.100.7]",
    ),
    ofService("a mail server that hangs up", "postfix", "lost connection after DATA from mail.example.org"),
    ofBus("a message that dbus rejects", "[system] Rejected send message, 1 matched rules"),
    ofBus("dbus's other lines", "[system] Successfully activated service"),
    ofService("another service that rejects messages", "fleet-broker", "Rejected send message of client 7"),
  ];
}

/** Lines of every kind reach Loki as the pipeline promises, and noise does not. */
export const journalToLoki = scenario({
  name: "journal-to-loki",
  description:
    "Lines of every kind reach Loki with the labels that the pipeline promises, and noise does not.",
  steps(subject) {
    const all = probes(subject);
    const fates = all.map(({ fields }) => subject.predict(fields));
    const names = new Set(fates.flatMap((fate) => (fate.arrives ? Object.keys(fate.labels) : [])));
    const last = log("the last line of {{nonce}}");
    const counted = all.filter(
      ({ marks }, at) => marks[0]?.startsWith(RUN) === true && fates[at]?.arrives === true,
    ).length;
    return [
      subtest("lines of every kind are logged", ...all.map(({ send }) => send), last),
      subtest(
        "the last of them arrives, so those before it have had their chance",
        expectLoki({
          name: "the last line",
          query: `${subject.all} |= "the last line of {{nonce}}"`,
          atLeast: 1,
          within: 180,
        }),
      ),
      ...all.map((probe, at) => judged(subject, probe, fates[at] ?? { arrives: false }, names)),
      expectLoki({
        name: "as many lines arrive as are not noise",
        query: `${subject.all} |= "${RUN}"`,
        count: counted,
        within: 30,
      }),
    ];
  },
});

/** What is expected of a probe: that it is in Loki as predicted, or that it is not there. */
function judged({ all }: Subject, { what, marks }: Probe, fate: Fate, names: ReadonlySet<string>): Step {
  const query = [all, ...marks.map((mark) => `|= ${JSON.stringify(mark)}`)].join(" ");
  if (!fate.arrives) return expectLoki({ name: `${what} is dropped`, query, count: 0, within: 10 });
  const { line } = fate;
  const inSession = (text: string): string => text.replace(ANY_SESSION, "{{session}}");
  const labels = Object.fromEntries(
    Object.entries(fate.labels).map(([name, value]) => [name, inSession(value)]),
  );
  return expectLoki({
    name: `${what} arrives`,
    query,
    count: 1,
    labels,
    withoutLabels: [...names].filter((name) => !(name in labels)).sort(),
    ...(line === undefined || line === STACK ? {} : { lines: [inSession(line)] }),
    within: 30,
  });
}
