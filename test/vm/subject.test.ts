import t from "tap";
import { readSubject, type SubjectInputs } from "../../src/vm/scenario/index.ts";
import { SCENARIOS } from "../../src/vm/scenarios/index.ts";

const PIPELINE = `loki.source.journal "j" {
	format_as_json = true
	labels         = { job = "systemd-journal" }
	forward_to     = [loki.process.j.receiver]
}

loki.process "j" {
	stage.json {
		expressions = { unit = "_SYSTEMD_UNIT", msg = "MESSAGE" }
	}

	stage.labels {
		values = { unit = "" }
	}

	stage.drop {
		source     = "msg"
		expression = "^noise"
	}

	stage.output {
		source = "msg"
	}
	forward_to = [loki.write.w.receiver]
}

loki.write "w" {
	endpoint {
		url = "https://loki.example.com/loki/api/v1/push"
	}
}
`;

const PROMTAIL = {
  clients: [{ url: "https://loki.example.com/loki/api/v1/push" }],
  scrape_configs: [
    {
      job_name: "journal",
      journal: { json: true, labels: { job: "journal" } },
      pipeline_stages: [
        { json: { expressions: { unit: "_SYSTEMD_UNIT", msg: "MESSAGE" } } },
        { labels: { unit: "" } },
        { drop: { source: "msg", expression: "^noise" } },
        { output: { source: "msg" } },
      ],
    },
  ],
};

const inputs: SubjectInputs = {
  host: "nas",
  configuration: { path: "/etc/alloy/config.alloy", text: PIPELINE },
  promtail: PROMTAIL,
  credential: { path: "/run/secrets/alloy-env", variable: "LOKI_PASSWORD" },
  lokiUrl: "https://loki.example.com/loki/api/v1/push",
};
const line = { MESSAGE: "hello", _SYSTEMD_UNIT: "a.service", _TRANSPORT: "stdout", PRIORITY: "6" };

t.test("what is expected comes from the Promtail configuration, whatever the pipeline does", (t) => {
  const subject = readSubject(inputs);
  t.equal(subject.basis, "the Promtail configuration");
  t.equal(subject.all, '{job="journal"}');
  t.equal(subject.lokiAddress, "loki.example.com:443");
  t.same(subject.predict(line), {
    arrives: true,
    labels: { job: "journal", unit: "a.service" },
    line: "hello",
  });
  t.match(subject.predict({ ...line, MESSAGE: "noise" }), { arrives: false });
  t.end();
});

t.test("without one that can be predicted, it comes from the pipeline itself", (t) => {
  for (const promtail of [
    undefined,
    { scrape_configs: [{ journal: {}, pipeline_stages: [{ cri: {} }] }], clients: [{}] },
  ]) {
    const subject = readSubject({ ...inputs, promtail });
    t.match(subject.basis, /pipeline engine/);
    t.equal(subject.all, '{job="systemd-journal"}');
    t.same(subject.predict(line), {
      arrives: true,
      labels: { job: "systemd-journal", unit: "a.service" },
      line: "hello",
    });
    t.same(subject.predict({ ...line, MESSAGE: "noise" }), { arrives: false });
  }
  t.end();
});

t.test("the same host gives the same steps, and names are unique", (t) => {
  const subject = readSubject(inputs);
  for (const scenario of SCENARIOS) t.same(scenario.steps(subject), scenario.steps(subject), scenario.name);
  t.equal(new Set(SCENARIOS.map(({ name }) => name)).size, SCENARIOS.length);
  t.end();
});
