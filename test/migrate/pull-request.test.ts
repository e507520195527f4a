import t from "tap";
import { pullRequest } from "../../src/migrate/pull-request.ts";
import { loadFleet } from "../../src/repository/index.ts";
import { exampleFleet } from "../support/example.ts";

t.test(
  "the text names the canary, those that follow, the files, and calls what was embedded so",
  async (t) => {
    const { fleet } = await loadFleet(await exampleFleet(t));
    const step = {
      id: "gate" as const,
      title: "Evaluate every host with the change",
      status: "passed" as const,
      seconds: 1,
      summary: "5 pass | 0 fail",
      means: [
        { real: true, name: "nix 2.8.0" },
        { real: false, name: "option surface" },
      ],
      details: [],
      diagnostics: [],
    };
    const { title, body } = pullRequest(fleet, "nas", [step], ["modules/alloy/config.alloy"]);
    t.match(title, /^feat\(logging\): .*nas canary/);
    t.match(body, "The other hosts (web, mail, gw, build) stay on Promtail");
    t.match(body, "- `modules/alloy/config.alloy`\n");
    t.match(
      body,
      "| Evaluate every host with the change | 5 pass \\| 0 fail | nix 2.8.0, embedded: option surface |",
    );
    t.match(body, '{host="nas", unit="session.scope"}');
  },
);
