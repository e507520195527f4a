import type { Fleet } from "../manifest/index.ts";
import type { RenderedSystem } from "./guest/index.ts";
import type { SubjectInputs } from "./scenario/index.ts";

/** Where NixOS puts the Alloy configuration. */
const CONFIGURATION = "/etc/alloy/config.alloy";

/** What a rendered host is to scenarios. */
export function subjectInputs(
  { hostName, files, secrets }: RenderedSystem,
  { fleet, promtail }: { fleet: Fleet; promtail: unknown },
): SubjectInputs {
  const { env, sops } = fleet.loki.credential;
  return {
    host: hostName,
    configuration: {
      path: CONFIGURATION,
      text: files.find(({ path }) => path === CONFIGURATION)?.text ?? "",
    },
    promtail,
    credential: {
      path: secrets.find(({ name }) => name === sops.secret)?.path ?? `/run/secrets/${sops.secret}`,
      variable: env,
    },
    lokiUrl: fleet.loki.url,
  };
}
