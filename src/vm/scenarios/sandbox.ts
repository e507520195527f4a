import { expectLoki, fail, log, scenario, subtest, succeed } from "../scenario/toolkit.ts";

const PROCESS = "process=$(systemctl show --property=MainPID --value alloy.service)";

/** A command as the unit's own user, with its groups, in its view of the file system. */
function asUnit(command: string): string {
  return [
    PROCESS,
    'groups=$(awk \'/^Groups:/ { $1 = ""; gsub(/^ +| +$/, ""); gsub(/ +/, ","); print }\' "/proc/$process/status")',
    'if [ -n "$groups" ]; then set -- --groups="$groups"; else set -- --clear-groups; fi',
    'set -- "$@" --reuid="$(stat --format=%u "/proc/$process")" --regid="$(stat --format=%g "/proc/$process")"',
    `nsenter --target "$process" --mount setpriv "$@" ${command}`,
  ].join("\n");
}

export const sandbox = scenario({
  name: "sandbox",
  description: "Alloy runs as a user of its own, who has the password but cannot read the secret file.",
  steps: ({ all, configuration, credential: { path, variable } }) => [
    subtest(
      "the unit has a user made for it",
      succeed('[ "$(systemctl show --property=DynamicUser --value alloy.service)" = yes ]'),
      succeed(`${PROCESS}\n[ "$(stat --format=%u "/proc/$process")" -ne 0 ]`),
    ),
    subtest(
      "the secret file is root's alone, and the unit's user cannot read it",
      succeed(`[ "$(stat --dereference --format='%a %u' ${path})" = '400 0' ]`),
      succeed(asUnit(`cat ${configuration.path}`)),
      fail(asUnit(`cat ${path}`)),
    ),
    subtest(
      "the password is in the unit's environment, not on its command line",
      succeed(`${PROCESS}\ntr '\\0' '\\n' <"/proc/$process/environ" | grep --quiet '^${variable}=.'`),
      fail(
        `${PROCESS}\ntr '\\0' '\\n' <"/proc/$process/cmdline" | grep --quiet --fixed-strings --file=<(sed -n 's/^${variable}=//p' ${path})`,
      ),
    ),
    subtest(
      "lines arrive all the same",
      log("sandboxed-{{nonce}}"),
      expectLoki({ name: "a line", query: `${all} |= "sandboxed-{{nonce}}"`, count: 1 }),
    ),
  ],
});
