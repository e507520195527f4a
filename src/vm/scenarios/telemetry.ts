import { expectLoki, log, scenario, subtest, succeed } from "../scenario/toolkit.ts";

/** Seconds that the connections are watched for, about once a second. */
const WATCHED = 15;

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
        log("watched-{{nonce}}", { lines: 3 }),
        succeed(
          [
            `loki=$(getent ahostsv4 ${host} | { read -r address _; echo "$address"; }):${port}`,
            "group=$(systemctl show --property=ControlGroup --value alloy.service)",
            `for _ in $(seq ${WATCHED}); do`,
            '  while read -r process; do ss --no-header --tcp --udp --numeric --processes state connected | grep "pid=$process,"; done <"/sys/fs/cgroup$group/cgroup.procs"',
            "  sleep 1",
            'done | awk -v loki="$loki" \'$(NF - 1) != loki { print "a connection to " $(NF - 1); found = 1 } END { exit found }\' >&2',
          ].join("\n"),
        ),
        expectLoki({ name: "the lines of that time", query: `${all} |= "watched-{{nonce}}"`, count: 3 }),
      ),
    ];
  },
});
