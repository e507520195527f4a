import {
  expectLoki,
  inBackground,
  log,
  scenario,
  subtest,
  succeed,
  waitUntilSucceeds,
} from "../scenario/toolkit.ts";

/** Seconds that the connections are watched for, about once a second. */
const WATCHED = 15;
const PEERS = "/run/fleet-scenario/peers";

/** Writes down what the processes of Alloy's unit are connected to: an address and port a line. */
const WATCH = `group=/sys/fs/cgroup$(systemctl show --property=ControlGroup --value alloy.service)
: >${PEERS}
while [ "$SECONDS" -lt ${WATCHED} ]; do
  connections=$(ss --no-header --tcp --udp --numeric --processes state connected)
  while read -r process; do
    grep "pid=$process," <<<"$connections" | awk '{ print $(NF - 1) }' >>${PEERS}
  done <"$group/cgroup.procs"
  sleep 1
done`;

export const telemetry = scenario({
  name: "telemetry",
  description: "Alloy is told to report nothing, and connects to nothing but Loki.",
  steps({ all, lokiAddress }) {
    const [host = "", port = ""] = lokiAddress.split(/:(?=\d+$)/);
    return [
      subtest(
        "--disable-reporting is on the command line",
        succeed(
          [
            "line=$(systemctl show --property=ExecStart --value alloy.service)",
            '[[ " $line " == *" --disable-reporting "* ]] || { echo "the command line is: $line" >&2; false; }',
          ].join("\n"),
        ),
      ),
      subtest(
        `for ${WATCHED} s of work it has no connection but to ${lokiAddress}`,
        ...inBackground("fleet-watch", WATCH),
        log("watched-{{nonce}}", { lines: 3 }),
        waitUntilSucceeds("! systemctl is-active --quiet fleet-watch.service"),
        succeed(
          [
            `loki=$(getent ahostsv4 ${host} | { read -r address _; echo "$address"; }):${port}`,
            `awk -v loki="$loki" '$1 != loki { print "a connection to " $1; found = 1 } END { exit found }' ${PEERS} >&2`,
          ].join("\n"),
        ),
        expectLoki({ name: "the lines of that time", query: `${all} |= "watched-{{nonce}}"`, count: 3 }),
      ),
    ];
  },
});
