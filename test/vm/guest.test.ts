import t from "tap";
import {
  guestFiles,
  frontFor,
  preparation,
  storePrograms,
  type RenderedSystem,
} from "../../src/vm/guest/index.ts";
import { matchGolden } from "../support/golden.ts";

const HASH = "0123456789abcdfghijklmnpqrsvwxyz";
const UNIT = `[Unit]

[Service]
DynamicUser=true
EnvironmentFile=/run/secrets/alloy-env
ExecReload=/nix/store/${HASH}-coreutils-9.7/bin/kill -SIGHUP $MAINPID
ExecStart=/nix/store/${HASH}-grafana-alloy-1.18.1/bin/alloy run /etc/alloy --disable-reporting

[Install]
WantedBy=multi-user.target
`;
const PROMTAIL_UNIT = `[Service]
ExecStart=/nix/store/${HASH}-promtail-3.6.4/bin/promtail -config.file=/nix/store/${HASH}-promtail-config.json${" "}
User=promtail
`;

const system: RenderedSystem = {
  hostName: "nas",
  units: [
    { name: "alloy.service", text: UNIT, wantedBy: ["multi-user.target"] },
    { name: "promtail.service", text: PROMTAIL_UNIT, wantedBy: ["multi-user.target"] },
  ],
  files: [
    { path: "/etc/alloy/config.alloy", text: "// the pipeline\n" },
    { path: `/nix/store/${HASH}-promtail-config.json`, text: "{}" },
  ],
  secrets: [
    {
      name: "alloy-env",
      path: "/run/secrets/alloy-env",
      key: "alloy-env",
      format: "yaml",
      sopsFile: "/repo/hosts/nas/secrets.yaml",
      mode: "0400",
      owner: "root",
      group: "root",
    },
  ],
  promtail: "{}",
  through: "a test",
};

const shippers = { alloy: "/opt/fleet/bin/fleet ship", promtail: "/opt/fleet/bin/promtail" };
const loki = {
  url: "https://loki.example.com/loki/api/v1/push",
  username: "promtail@example.com",
  credential: { env: "LOKI_PASSWORD", sops: { secret: "alloy-env", file: "secrets.yaml" } },
};

t.test("a guest gets the units to the letter, what they name, the secrets and a front for Loki", (t) => {
  const front = { ...frontFor(loki, "right"), passwords: "promtail@example.com:{SSHA}made\n" };
  const secrets = {
    contents: new Map([["alloy-env", "LOKI_PASSWORD=right\n"]]),
    password: "right",
    source: "a test",
  };
  const parts = { system, secrets, front, shippers };
  const files = guestFiles(parts).map(({ path, content, mode }) => `=== ${path} ${mode}\n${content}`);
  matchGolden(t, "vm/guest-files.txt", `${files.join("\n")}\n=== preparation\n${preparation(parts)}`);
  t.end();
});

t.test("shippers and other programs of the store are told apart, each once", (t) => {
  t.same(storePrograms(system, shippers), [
    { path: `/nix/store/${HASH}-coreutils-9.7/bin/kill`, command: "/usr/bin/kill" },
    { path: `/nix/store/${HASH}-grafana-alloy-1.18.1/bin/alloy`, command: "/opt/fleet/bin/fleet ship" },
    { path: `/nix/store/${HASH}-promtail-3.6.4/bin/promtail`, command: "/opt/fleet/bin/promtail" },
  ]);
  t.end();
});

t.test("Loki's front stands where the fleet's URL says", (t) => {
  const front = (url: string, username?: string): ReturnType<typeof frontFor> =>
    frontFor({ ...loki, url, username }, "right");
  const plain = front("http://loki:3100/loki/api/v1/push");
  t.match(plain.nginx, /listen 127\.0\.0\.2:3100;[^]*location \/ \{/);
  t.equal(plain.hosts, "127.0.0.2 loki");
  t.equal(plain.certificate, undefined);
  t.equal(plain.passwords, undefined);
  t.notMatch(plain.nginx, /auth_basic/);

  const address = front("https://192.0.2.9:8443/logs/loki/api/v1/push", "me");
  t.match(address.nginx, /listen 192\.0\.2\.9:8443 ssl;[^]*location \/logs\/ \{/);
  t.equal(address.address, "192.0.2.9");
  t.equal(address.certificate?.subject, "IP:192.0.2.9");
  t.match(address.passwords, /^me:\{SSHA\}[\w+/=]+\n$/);
  t.notMatch(address.passwords, /right/);
  t.end();
});
