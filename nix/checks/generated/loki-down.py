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
with subtest(fill("Loki stops while lines are logged, and starts again")):
    write_file("/run/fleet-scenario/fleet-load", fill("for n in $(seq 400); do echo \"load-{{nonce}} $n\"; sleep 0.2; done\n"), "0644")
    machine.succeed("systemd-run --quiet --collect --unit=fleet-load bash /run/fleet-scenario/fleet-load")
    expect_loki({"within":180,"name":"the first lines","query":"{job=\"systemd-journal\"} |= \"load-{{nonce}} \"","atLeast":1})
    machine.succeed("systemctl stop loki.service")
    time.sleep(60)
    machine.succeed("systemctl start loki.service")
    machine.wait_until_succeeds("exec 3<>/dev/tcp/127.0.0.1/13100; printf 'GET /ready HTTP/1.0\\r\\n\\r\\n' >&3; grep -q '^HTTP.* 200' <&3", timeout=180)
with subtest(fill("every line is in Loki, once")):
    machine.wait_until_succeeds("! systemctl is-active --quiet fleet-load.service", timeout=240)
    expect_loki({"within":240,"name":"the lines that were logged","query":"{job=\"systemd-journal\"} |= \"load-{{nonce}} \"","lines":["load-{{nonce}} 1","load-{{nonce}} 2","load-{{nonce}} 3","load-{{nonce}} 4","load-{{nonce}} 5","load-{{nonce}} 6","load-{{nonce}} 7","load-{{nonce}} 8","load-{{nonce}} 9","load-{{nonce}} 10","load-{{nonce}} 11","load-{{nonce}} 12","load-{{nonce}} 13","load-{{nonce}} 14","load-{{nonce}} 15","load-{{nonce}} 16","load-{{nonce}} 17","load-{{nonce}} 18","load-{{nonce}} 19","load-{{nonce}} 20","load-{{nonce}} 21","load-{{nonce}} 22","load-{{nonce}} 23","load-{{nonce}} 24","load-{{nonce}} 25","load-{{nonce}} 26","load-{{nonce}} 27","load-{{nonce}} 28","load-{{nonce}} 29","load-{{nonce}} 30","load-{{nonce}} 31","load-{{nonce}} 32","load-{{nonce}} 33","load-{{nonce}} 34","load-{{nonce}} 35","load-{{nonce}} 36","load-{{nonce}} 37","load-{{nonce}} 38","load-{{nonce}} 39","load-{{nonce}} 40","load-{{nonce}} 41","load-{{nonce}} 42","load-{{nonce}} 43","load-{{nonce}} 44","load-{{nonce}} 45","load-{{nonce}} 46","load-{{nonce}} 47","load-{{nonce}} 48","load-{{nonce}} 49","load-{{nonce}} 50","load-{{nonce}} 51","load-{{nonce}} 52","load-{{nonce}} 53","load-{{nonce}} 54","load-{{nonce}} 55","load-{{nonce}} 56","load-{{nonce}} 57","load-{{nonce}} 58","load-{{nonce}} 59","load-{{nonce}} 60","load-{{nonce}} 61","load-{{nonce}} 62","load-{{nonce}} 63","load-{{nonce}} 64","load-{{nonce}} 65","load-{{nonce}} 66","load-{{nonce}} 67","load-{{nonce}} 68","load-{{nonce}} 69","load-{{nonce}} 70","load-{{nonce}} 71","load-{{nonce}} 72","load-{{nonce}} 73","load-{{nonce}} 74","load-{{nonce}} 75","load-{{nonce}} 76","load-{{nonce}} 77","load-{{nonce}} 78","load-{{nonce}} 79","load-{{nonce}} 80","load-{{nonce}} 81","load-{{nonce}} 82","load-{{nonce}} 83","load-{{nonce}} 84","load-{{nonce}} 85","load-{{nonce}} 86","load-{{nonce}} 87","load-{{nonce}} 88","load-{{nonce}} 89","load-{{nonce}} 90","load-{{nonce}} 91","load-{{nonce}} 92","load-{{nonce}} 93","load-{{nonce}} 94","load-{{nonce}} 95","load-{{nonce}} 96","load-{{nonce}} 97","load-{{nonce}} 98","load-{{nonce}} 99","load-{{nonce}} 100","load-{{nonce}} 101","load-{{nonce}} 102","load-{{nonce}} 103","load-{{nonce}} 104","load-{{nonce}} 105","load-{{nonce}} 106","load-{{nonce}} 107","load-{{nonce}} 108","load-{{nonce}} 109","load-{{nonce}} 110","load-{{nonce}} 111","load-{{nonce}} 112","load-{{nonce}} 113","load-{{nonce}} 114","load-{{nonce}} 115","load-{{nonce}} 116","load-{{nonce}} 117","load-{{nonce}} 118","load-{{nonce}} 119","load-{{nonce}} 120","load-{{nonce}} 121","load-{{nonce}} 122","load-{{nonce}} 123","load-{{nonce}} 124","load-{{nonce}} 125","load-{{nonce}} 126","load-{{nonce}} 127","load-{{nonce}} 128","load-{{nonce}} 129","load-{{nonce}} 130","load-{{nonce}} 131","load-{{nonce}} 132","load-{{nonce}} 133","load-{{nonce}} 134","load-{{nonce}} 135","load-{{nonce}} 136","load-{{nonce}} 137","load-{{nonce}} 138","load-{{nonce}} 139","load-{{nonce}} 140","load-{{nonce}} 141","load-{{nonce}} 142","load-{{nonce}} 143","load-{{nonce}} 144","load-{{nonce}} 145","load-{{nonce}} 146","load-{{nonce}} 147","load-{{nonce}} 148","load-{{nonce}} 149","load-{{nonce}} 150","load-{{nonce}} 151","load-{{nonce}} 152","load-{{nonce}} 153","load-{{nonce}} 154","load-{{nonce}} 155","load-{{nonce}} 156","load-{{nonce}} 157","load-{{nonce}} 158","load-{{nonce}} 159","load-{{nonce}} 160","load-{{nonce}} 161","load-{{nonce}} 162","load-{{nonce}} 163","load-{{nonce}} 164","load-{{nonce}} 165","load-{{nonce}} 166","load-{{nonce}} 167","load-{{nonce}} 168","load-{{nonce}} 169","load-{{nonce}} 170","load-{{nonce}} 171","load-{{nonce}} 172","load-{{nonce}} 173","load-{{nonce}} 174","load-{{nonce}} 175","load-{{nonce}} 176","load-{{nonce}} 177","load-{{nonce}} 178","load-{{nonce}} 179","load-{{nonce}} 180","load-{{nonce}} 181","load-{{nonce}} 182","load-{{nonce}} 183","load-{{nonce}} 184","load-{{nonce}} 185","load-{{nonce}} 186","load-{{nonce}} 187","load-{{nonce}} 188","load-{{nonce}} 189","load-{{nonce}} 190","load-{{nonce}} 191","load-{{nonce}} 192","load-{{nonce}} 193","load-{{nonce}} 194","load-{{nonce}} 195","load-{{nonce}} 196","load-{{nonce}} 197","load-{{nonce}} 198","load-{{nonce}} 199","load-{{nonce}} 200","load-{{nonce}} 201","load-{{nonce}} 202","load-{{nonce}} 203","load-{{nonce}} 204","load-{{nonce}} 205","load-{{nonce}} 206","load-{{nonce}} 207","load-{{nonce}} 208","load-{{nonce}} 209","load-{{nonce}} 210","load-{{nonce}} 211","load-{{nonce}} 212","load-{{nonce}} 213","load-{{nonce}} 214","load-{{nonce}} 215","load-{{nonce}} 216","load-{{nonce}} 217","load-{{nonce}} 218","load-{{nonce}} 219","load-{{nonce}} 220","load-{{nonce}} 221","load-{{nonce}} 222","load-{{nonce}} 223","load-{{nonce}} 224","load-{{nonce}} 225","load-{{nonce}} 226","load-{{nonce}} 227","load-{{nonce}} 228","load-{{nonce}} 229","load-{{nonce}} 230","load-{{nonce}} 231","load-{{nonce}} 232","load-{{nonce}} 233","load-{{nonce}} 234","load-{{nonce}} 235","load-{{nonce}} 236","load-{{nonce}} 237","load-{{nonce}} 238","load-{{nonce}} 239","load-{{nonce}} 240","load-{{nonce}} 241","load-{{nonce}} 242","load-{{nonce}} 243","load-{{nonce}} 244","load-{{nonce}} 245","load-{{nonce}} 246","load-{{nonce}} 247","load-{{nonce}} 248","load-{{nonce}} 249","load-{{nonce}} 250","load-{{nonce}} 251","load-{{nonce}} 252","load-{{nonce}} 253","load-{{nonce}} 254","load-{{nonce}} 255","load-{{nonce}} 256","load-{{nonce}} 257","load-{{nonce}} 258","load-{{nonce}} 259","load-{{nonce}} 260","load-{{nonce}} 261","load-{{nonce}} 262","load-{{nonce}} 263","load-{{nonce}} 264","load-{{nonce}} 265","load-{{nonce}} 266","load-{{nonce}} 267","load-{{nonce}} 268","load-{{nonce}} 269","load-{{nonce}} 270","load-{{nonce}} 271","load-{{nonce}} 272","load-{{nonce}} 273","load-{{nonce}} 274","load-{{nonce}} 275","load-{{nonce}} 276","load-{{nonce}} 277","load-{{nonce}} 278","load-{{nonce}} 279","load-{{nonce}} 280","load-{{nonce}} 281","load-{{nonce}} 282","load-{{nonce}} 283","load-{{nonce}} 284","load-{{nonce}} 285","load-{{nonce}} 286","load-{{nonce}} 287","load-{{nonce}} 288","load-{{nonce}} 289","load-{{nonce}} 290","load-{{nonce}} 291","load-{{nonce}} 292","load-{{nonce}} 293","load-{{nonce}} 294","load-{{nonce}} 295","load-{{nonce}} 296","load-{{nonce}} 297","load-{{nonce}} 298","load-{{nonce}} 299","load-{{nonce}} 300","load-{{nonce}} 301","load-{{nonce}} 302","load-{{nonce}} 303","load-{{nonce}} 304","load-{{nonce}} 305","load-{{nonce}} 306","load-{{nonce}} 307","load-{{nonce}} 308","load-{{nonce}} 309","load-{{nonce}} 310","load-{{nonce}} 311","load-{{nonce}} 312","load-{{nonce}} 313","load-{{nonce}} 314","load-{{nonce}} 315","load-{{nonce}} 316","load-{{nonce}} 317","load-{{nonce}} 318","load-{{nonce}} 319","load-{{nonce}} 320","load-{{nonce}} 321","load-{{nonce}} 322","load-{{nonce}} 323","load-{{nonce}} 324","load-{{nonce}} 325","load-{{nonce}} 326","load-{{nonce}} 327","load-{{nonce}} 328","load-{{nonce}} 329","load-{{nonce}} 330","load-{{nonce}} 331","load-{{nonce}} 332","load-{{nonce}} 333","load-{{nonce}} 334","load-{{nonce}} 335","load-{{nonce}} 336","load-{{nonce}} 337","load-{{nonce}} 338","load-{{nonce}} 339","load-{{nonce}} 340","load-{{nonce}} 341","load-{{nonce}} 342","load-{{nonce}} 343","load-{{nonce}} 344","load-{{nonce}} 345","load-{{nonce}} 346","load-{{nonce}} 347","load-{{nonce}} 348","load-{{nonce}} 349","load-{{nonce}} 350","load-{{nonce}} 351","load-{{nonce}} 352","load-{{nonce}} 353","load-{{nonce}} 354","load-{{nonce}} 355","load-{{nonce}} 356","load-{{nonce}} 357","load-{{nonce}} 358","load-{{nonce}} 359","load-{{nonce}} 360","load-{{nonce}} 361","load-{{nonce}} 362","load-{{nonce}} 363","load-{{nonce}} 364","load-{{nonce}} 365","load-{{nonce}} 366","load-{{nonce}} 367","load-{{nonce}} 368","load-{{nonce}} 369","load-{{nonce}} 370","load-{{nonce}} 371","load-{{nonce}} 372","load-{{nonce}} 373","load-{{nonce}} 374","load-{{nonce}} 375","load-{{nonce}} 376","load-{{nonce}} 377","load-{{nonce}} 378","load-{{nonce}} 379","load-{{nonce}} 380","load-{{nonce}} 381","load-{{nonce}} 382","load-{{nonce}} 383","load-{{nonce}} 384","load-{{nonce}} 385","load-{{nonce}} 386","load-{{nonce}} 387","load-{{nonce}} 388","load-{{nonce}} 389","load-{{nonce}} 390","load-{{nonce}} 391","load-{{nonce}} 392","load-{{nonce}} 393","load-{{nonce}} 394","load-{{nonce}} 395","load-{{nonce}} 396","load-{{nonce}} 397","load-{{nonce}} 398","load-{{nonce}} 399","load-{{nonce}} 400"]})
