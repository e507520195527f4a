# What the steps of a scenario need besides the test driver's own functions: variables, and questions to Loki.
import base64
import json
import re
import shlex
import time
from collections import Counter
from typing import Any, Callable

ENTRIES_SHOWN = 5
LINE_SHOWN = 160

variables: dict[str, str] = {}


def fill(text: str) -> str:
    """A text with its {{references}} replaced."""
    return re.sub(r"\{\{([A-Za-z_][A-Za-z0-9_]*)\}\}", lambda found: variables[found.group(1)], text)


def capture(name: str, command: str) -> None:
    """Keeps what a command prints, as one line of plain characters."""
    value = machine.succeed(fill(command)).removesuffix("\n")
    if re.search(r"['\"`\\$\x00-\x1f\x7f-\x9f]", value):
        raise Exception(f"what was captured as {name} cannot be put into commands and queries: {value[:200]!r}")
    variables[name] = value


def write_file(path: str, text: str, mode: str) -> None:
    """Writes a file in the place of what is there, which may be a link into the Nix store."""
    encoded = base64.b64encode(text.encode()).decode()
    target = shlex.quote(path)
    machine.succeed(
        f'mkdir -p "$(dirname {target})" && rm -f {target} && '
        f"echo {encoded} | base64 --decode >{target} && chmod {mode} {target}"
    )


def ask(path: str, parameters: dict[str, str]) -> Any:
    """An answer of Loki's API; None where there is none."""
    options = " ".join(f"--data-urlencode {shlex.quote(f'{name}={value}')}" for name, value in parameters.items())
    status, output = machine.execute(f"curl --silent --fail --get {options} {LOKI}{path}")
    return json.loads(output)["data"] if status == 0 else None


def query(logql: str) -> list[dict[str, Any]]:
    """The entries of the last day that a log query finds."""
    parameters = {"query": logql, "since": "24h", "limit": "5000", "direction": "forward"}
    answer = ask("/loki/api/v1/query_range", parameters)
    streams = answer["result"] if answer else []
    return [{"labels": stream["stream"], "line": value[1]} for stream in streams for value in stream["values"]]


def entries(count: int) -> str:
    return "no entry" if count == 0 else "1 entry" if count == 1 else f"{count} entries"


def shorten(line: str) -> str:
    return f"{line[:LINE_SHOWN]}..." if len(line) > LINE_SHOWN else line


def selector_text(labels: dict[str, str]) -> str:
    return "{" + ", ".join(f'{name}="{value}"' for name, value in sorted(labels.items())) + "}"


def judge(expectation: dict[str, Any], found: list[dict[str, Any]]) -> str | None:
    """What is wrong with what was found, in words; None when all demands hold."""
    count = expectation.get("count")
    if count is not None and len(found) != count:
        return f"expected {entries(count)}"
    at_least = expectation.get("atLeast")
    if at_least is not None and len(found) < at_least:
        return f"expected at least {entries(at_least)}"
    lines = expectation.get("lines")
    differing = None if lines is None else compare_lines(lines, [entry["line"] for entry in found])
    if differing is not None:
        return differing
    for label, value in expectation.get("labels", {}).items():
        if any(entry["labels"].get(label) != value for entry in found):
            return f'expected {label}="{value}"'
    for label in expectation.get("withoutLabels", []):
        if any(label in entry["labels"] for entry in found):
            return f"expected no label {label}"
    return None


def compare_lines(lines: list[str], got: list[str]) -> str | None:
    """How the lines that were found differ from those expected; None when they do not."""
    missing = without(lines, got)
    excess = without(got, lines)
    if not missing and not excess:
        return None
    if len(lines) == 1:
        return f"expected the line {listed(lines)}"
    parts = []
    if missing:
        parts.append(f"of which {len(missing)} are missing ({listed(missing)})")
    if excess:
        parts.append(f"besides which there are {len(excess)} ({listed(excess)})")
    return f"expected {len(lines)} lines, {', '.join(parts)}"


def without(some: list[str], others: list[str]) -> list[str]:
    """The lines of `some` that are not in `others`, each as often as it is there too many times."""
    left = Counter(others)
    result = []
    for line in some:
        if left[line] <= 0:
            result.append(line)
        left[line] -= 1
    return result


def listed(lines: list[str]) -> str:
    return " | ".join(map(shorten, lines[:ENTRIES_SHOWN]))


def describe(found: list[dict[str, Any]]) -> str:
    """What Loki had: each entry with its labels and line, of many the first ones."""
    if not found:
        return "Loki had nothing"
    shown = [f"\n  {selector_text(entry['labels'])} {shorten(entry['line'])}" for entry in found[:ENTRIES_SHOWN]]
    more = f"\n  and {len(found) - ENTRIES_SHOWN} more" if len(found) > ENTRIES_SHOWN else ""
    return f"Loki had {entries(len(found))}:{''.join(shown)}{more}"


def streams_of(logql: str) -> str:
    """Where a query finds nothing: which streams there are that have one of its labels, or that are the journal's."""
    names = re.findall(r"([A-Za-z_]\w*)\s*=", logql)
    streams: set[str] = set()
    for name in dict.fromkeys([*names, "job", "host"]):
        parameters = {"match[]": f'{{{name}=~".+"}}', "since": "24h"}
        streams.update(map(selector_text, ask("/loki/api/v1/series", parameters) or []))
    if not streams:
        return "Loki had nothing at all"
    return "Loki had no such entry, but the streams\n  " + "\n  ".join(sorted(streams)[:8])


def until(within: int, holds: Callable[[], bool]) -> bool:
    """Asks until the answer is yes or the seconds are over; the last answer."""
    deadline = time.monotonic() + within
    while not holds():
        if time.monotonic() >= deadline:
            return False
        time.sleep(1)
    return True


def expect_loki(expectation: dict[str, Any]) -> None:
    """A query must come to find what is expected; texts are filled in first."""
    wanted: dict[str, Any] = json.loads(fill(json.dumps(expectation)))
    found: list[dict[str, Any]] = []

    def holds() -> bool:
        found[:] = query(wanted["query"])
        return judge(wanted, found) is None

    if until(wanted["within"], holds):
        return
    had = describe(found) if found else streams_of(wanted["query"])
    raise Exception(
        f"{wanted['name']}: {judge(wanted, found)} from {wanted['query']} within {wanted['within']} s; {had}"
    )


def expect_equal(name: str, queries: dict[str, str], within: int) -> None:
    """Queries must come to find equally many entries, and some."""
    counts: dict[str, int] = {}

    def holds() -> bool:
        counts.update({what: len(query(fill(logql))) for what, logql in queries.items()})
        return len(set(counts.values())) == 1 and 0 not in counts.values()

    if not until(within, holds):
        had = ", ".join(f"{count} of {what}" for what, count in counts.items())
        raise Exception(
            f"{name}: expected equally many entries, and some, within {within} s; Loki had {had}"
        )


LOKI = "http://127.0.0.1:13100"
variables["nonce"] = "4711"
machine.start()
machine.wait_for_unit("multi-user.target")
with subtest(fill("lines of every kind are logged")):
    machine.succeed(fill("mkdir -p /run/fleet-scenario\nprintf '%s\\n' 'the service is up probe-{{nonce}}-the-service-is-up' >/run/fleet-scenario/lines\nsystemd-run --quiet --collect --wait --unit=fleet-demo --property=SyslogIdentifier=fleet-demo --property=SyslogLevel=info cat /run/fleet-scenario/lines"))
    machine.succeed(fill("printf '%s\\n' '<6>usb 1-1: new device found probe-{{nonce}}-usb-new-device-found' >/dev/kmsg"))
    machine.succeed(fill("mkdir -p /run/fleet-scenario\nprintf '%s\\n' 'alice logged in probe-{{nonce}}-alice-logged-in' >/run/fleet-scenario/lines\nprintf '%s\\n' 'while IFS= read -r line; do printf \"%s\\n\" \"$line\"; done </run/fleet-scenario/lines' 'sleep 5' >/run/fleet-scenario/print\nsystemd-run --quiet --collect --property=User=root --property=PAMName=login systemd-cat --identifier=login-{{nonce}} sh /run/fleet-scenario/print"))
    machine.wait_until_succeeds(fill("journalctl --quiet --output=cat SYSLOG_IDENTIFIER=login-{{nonce}} | grep --quiet ."), timeout=180)
    capture("session", "journalctl --quiet --output=cat --output-fields=_SYSTEMD_UNIT SYSLOG_IDENTIFIER=login-{{nonce}} | tail -n 1")
    machine.succeed(fill("[[ \"{{session}}\" =~ ^session-[0-9]+\\.scope$ ]] || { echo \"logged by {{session}}\" >&2; false; }"))
    write_file(fill("/run/fleet-scenario/fleet-crash-{{nonce}}"), "", "0644")
    machine.succeed(fill("systemd-run --quiet --collect --property=Type=exec --unit=fleet-crash-{{nonce}} tail -f /run/fleet-scenario/fleet-crash-{{nonce}}\nkill -SEGV $(systemctl show --property=MainPID --value fleet-crash-{{nonce}}.service)"))
    machine.wait_until_succeeds(fill("journalctl --quiet --output=cat MESSAGE_ID=fc2e22bc6ee647b6b90729ab34a250b1 COREDUMP_UNIT=fleet-crash-{{nonce}}.service | grep -q ."), timeout=180)
    capture("exe", "journalctl --quiet --output=cat --output-fields=COREDUMP_EXE MESSAGE_ID=fc2e22bc6ee647b6b90729ab34a250b1 COREDUMP_UNIT=fleet-crash-{{nonce}}.service | tail -n 1")
    capture("command", "journalctl --quiet --output=cat --output-fields=COREDUMP_CMDLINE MESSAGE_ID=fc2e22bc6ee647b6b90729ab34a250b1 COREDUMP_UNIT=fleet-crash-{{nonce}}.service | tail -n 1")
    capture("handler", "journalctl --quiet --output=cat --output-fields=_SYSTEMD_UNIT MESSAGE_ID=fc2e22bc6ee647b6b90729ab34a250b1 COREDUMP_UNIT=fleet-crash-{{nonce}}.service | tail -n 1")
    machine.succeed(fill("printf '%s\\n' '<6>refused connection: IN=eth0 OUT= SRC=203.0.113.5 DPT=23 probe-{{nonce}}-refused-connection-IN-et' >/dev/kmsg"))
    machine.succeed(fill("mkdir -p /run/fleet-scenario\nprintf '%s\\n' 'rule logs as refused connection: IN= probe-{{nonce}}-rule-logs-as-refused-con' >/run/fleet-scenario/lines\nsystemd-run --quiet --collect --wait --unit=fleet-demo --property=SyslogIdentifier=fleet-demo --property=SyslogLevel=info cat /run/fleet-scenario/lines"))
    machine.succeed(fill("mkdir -p /run/fleet-scenario\nprintf '%s\\n' 'Invalid response packet from host 192.0.2.77. probe-{{nonce}}-Invalid-response-packet-' >/run/fleet-scenario/lines\nsystemd-run --quiet --collect --wait --unit=avahi-daemon --property=SyslogIdentifier=avahi-daemon --property=SyslogLevel=info cat /run/fleet-scenario/lines"))
    machine.succeed(fill("mkdir -p /run/fleet-scenario\nprintf '%s\\n' 'Server startup complete. probe-{{nonce}}-Server-startup-complete-' >/run/fleet-scenario/lines\nsystemd-run --quiet --collect --wait --unit=avahi-daemon --property=SyslogIdentifier=avahi-daemon --property=SyslogLevel=info cat /run/fleet-scenario/lines"))
    machine.succeed(fill("mkdir -p /run/fleet-scenario\nprintf '%s\\n' 'lost connection after AUTH from unknown[198.51.100.7] probe-{{nonce}}-lost-connection-after-AU' >/run/fleet-scenario/lines\nsystemd-run --quiet --collect --wait --unit=postfix --property=SyslogIdentifier=postfix --property=SyslogLevel=info cat /run/fleet-scenario/lines"))
    machine.succeed(fill("mkdir -p /run/fleet-scenario\nprintf '%s\\n' 'lost connection after DATA from mail.example.org probe-{{nonce}}-lost-connection-after-DA' >/run/fleet-scenario/lines\nsystemd-run --quiet --collect --wait --unit=postfix --property=SyslogIdentifier=postfix --property=SyslogLevel=info cat /run/fleet-scenario/lines"))
    machine.succeed(fill("mkdir -p /run/fleet-scenario\nprintf '%s\\n' '[system] Rejected send message, 1 matched rules probe-{{nonce}}--system-Rejected-send-me' >/run/fleet-scenario/lines\nprintf '%s\\n' 'while IFS= read -r line; do printf \"%s\\n\" \"$line\"; done </run/fleet-scenario/lines' 'sleep 5' >/run/fleet-scenario/print\ngroup=/sys/fs/cgroup$(systemctl show --property=ControlGroup --value dbus.service)\n(echo $BASHPID >\"$group/cgroup.procs\" && exec systemd-cat --identifier=dbus-daemon sh /run/fleet-scenario/print)"))
    machine.succeed(fill("mkdir -p /run/fleet-scenario\nprintf '%s\\n' '[system] Successfully activated service probe-{{nonce}}--system-Successfully-act' >/run/fleet-scenario/lines\nprintf '%s\\n' 'while IFS= read -r line; do printf \"%s\\n\" \"$line\"; done </run/fleet-scenario/lines' 'sleep 5' >/run/fleet-scenario/print\ngroup=/sys/fs/cgroup$(systemctl show --property=ControlGroup --value dbus.service)\n(echo $BASHPID >\"$group/cgroup.procs\" && exec systemd-cat --identifier=dbus-daemon sh /run/fleet-scenario/print)"))
    machine.succeed(fill("mkdir -p /run/fleet-scenario\nprintf '%s\\n' 'Rejected send message of client 7 probe-{{nonce}}-Rejected-send-message-of' >/run/fleet-scenario/lines\nsystemd-run --quiet --collect --wait --unit=fleet-broker --property=SyslogIdentifier=fleet-broker --property=SyslogLevel=info cat /run/fleet-scenario/lines"))
    machine.succeed(fill("mkdir -p /run/fleet-scenario\nprintf '%s\\n' 'the last line of {{nonce}}' >/run/fleet-scenario/lines\nsystemd-run --quiet --collect --wait --unit=fleet-demo --property=SyslogIdentifier=fleet-demo --property=SyslogLevel=info cat /run/fleet-scenario/lines"))
with subtest(fill("the last of them arrives, so those before it have had their chance")):
    expect_loki({"within":180,"name":"the last line","query":"{job=\"systemd-journal\"} |= \"the last line of {{nonce}}\"","atLeast":1})
expect_loki({"within":30,"name":"a line of a service arrives","query":"{job=\"systemd-journal\"} |= \"probe-{{nonce}}-the-service-is-up\"","count":1,"labels":{"job":"systemd-journal","host":"nas","unit":"fleet-demo.service"},"withoutLabels":["coredump_unit"],"lines":["the service is up probe-{{nonce}}-the-service-is-up"]})
expect_loki({"within":30,"name":"a line of the kernel arrives","query":"{job=\"systemd-journal\"} |= \"probe-{{nonce}}-usb-new-device-found\"","count":1,"labels":{"job":"systemd-journal","host":"nas","unit":"kernel"},"withoutLabels":["coredump_unit"],"lines":["usb 1-1: new device found probe-{{nonce}}-usb-new-device-found"]})
expect_loki({"within":30,"name":"a line of a login session arrives","query":"{job=\"systemd-journal\"} |= \"probe-{{nonce}}-alice-logged-in\"","count":1,"labels":{"job":"systemd-journal","host":"nas","unit":"session.scope"},"withoutLabels":["coredump_unit"],"lines":["alice logged in probe-{{nonce}}-alice-logged-in"]})
expect_loki({"within":30,"name":"the core dump of a process that crashed arrives","query":"{job=\"systemd-journal\"} |= \"dumped\" |= \"{{command}}\"","count":1,"labels":{"job":"systemd-journal","host":"nas","coredump_unit":"fleet-crash-{{nonce}}.service","unit":"{{handler}}"},"withoutLabels":[],"lines":["{{exe}} core dumped (user: 0/0, command: {{command}})"]})
expect_loki({"within":10,"name":"a connection that the firewall refused is dropped","query":"{job=\"systemd-journal\"} |= \"probe-{{nonce}}-refused-connection-IN-et\"","count":0})
expect_loki({"within":30,"name":"a service that speaks of refused connections arrives","query":"{job=\"systemd-journal\"} |= \"probe-{{nonce}}-rule-logs-as-refused-con\"","count":1,"labels":{"job":"systemd-journal","host":"nas","unit":"fleet-demo.service"},"withoutLabels":["coredump_unit"],"lines":["rule logs as refused connection: IN= probe-{{nonce}}-rule-logs-as-refused-con"]})
expect_loki({"within":10,"name":"an odd mDNS answer is dropped","query":"{job=\"systemd-journal\"} |= \"probe-{{nonce}}-Invalid-response-packet-\"","count":0})
expect_loki({"within":30,"name":"avahi-daemon's other lines arrives","query":"{job=\"systemd-journal\"} |= \"probe-{{nonce}}-Server-startup-complete-\"","count":1,"labels":{"job":"systemd-journal","host":"nas","unit":"avahi-daemon.service"},"withoutLabels":["coredump_unit"],"lines":["Server startup complete. probe-{{nonce}}-Server-startup-complete-"]})
expect_loki({"within":10,"name":"a scanner that tries a login by mail is dropped","query":"{job=\"systemd-journal\"} |= \"probe-{{nonce}}-lost-connection-after-AU\"","count":0})
expect_loki({"within":30,"name":"a mail server that hangs up arrives","query":"{job=\"systemd-journal\"} |= \"probe-{{nonce}}-lost-connection-after-DA\"","count":1,"labels":{"job":"systemd-journal","host":"nas","unit":"postfix.service"},"withoutLabels":["coredump_unit"],"lines":["lost connection after DATA from mail.example.org probe-{{nonce}}-lost-connection-after-DA"]})
expect_loki({"within":10,"name":"a message that dbus rejects is dropped","query":"{job=\"systemd-journal\"} |= \"probe-{{nonce}}--system-Rejected-send-me\"","count":0})
expect_loki({"within":30,"name":"dbus's other lines arrives","query":"{job=\"systemd-journal\"} |= \"probe-{{nonce}}--system-Successfully-act\"","count":1,"labels":{"job":"systemd-journal","host":"nas","unit":"dbus.service"},"withoutLabels":["coredump_unit"],"lines":["[system] Successfully activated service probe-{{nonce}}--system-Successfully-act"]})
expect_loki({"within":30,"name":"another service that rejects messages arrives","query":"{job=\"systemd-journal\"} |= \"probe-{{nonce}}-Rejected-send-message-of\"","count":1,"labels":{"job":"systemd-journal","host":"nas","unit":"fleet-broker.service"},"withoutLabels":["coredump_unit"],"lines":["Rejected send message of client 7 probe-{{nonce}}-Rejected-send-message-of"]})
expect_loki({"within":30,"name":"as many lines arrive as are not noise","query":"{job=\"systemd-journal\"} |= \"probe-{{nonce}}\"","count":8})
