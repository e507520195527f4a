import t from "tap";
import { FleetError } from "../../src/diagnostics/index.ts";
import { parseManifest, type Fleet } from "../../src/manifest/index.ts";
import { withoutSources, withShips } from "../../src/rollout/manifest-edit.ts";
import { planRollout, type PlanRequest } from "../../src/rollout/plan.ts";
import type { Event, JournalRecord } from "../../src/rollout/record.ts";
import { reduce, replay } from "../../src/rollout/state.ts";
import { statusOf } from "../../src/rollout/status.ts";

const MANIFEST = `version: 1
loki: { url: "https://l/p" }
channels: { "26.05": {} }
hosts:
  nas: { channel: "26.05", ship: alloy, from: { promtail: modules/promtail } }
  web:
    channel: "26.05"
    ship: promtail # for now
  mail: { channel: "26.05", ship: "promtail" }
  lab: { channel: "26.05" }
rollout: { canary: nas, waves: [[web], [mail]], verify: { soak: 1h } }
`;

function model(text = MANIFEST): Fleet {
  const { fleet, diagnostics } = parseManifest("fleet.yaml", text);
  if (fleet === undefined) throw new Error(JSON.stringify(diagnostics));
  return fleet;
}

const [BEGIN, HOUR] = [Date.UTC(2026, 5, 7, 12), 3_600_000];

/** Records an hour after another. */
function records(...events: (Pick<Event, "phase" | "step" | "hosts"> & Partial<Event>)[]): JournalRecord[] {
  return events.map((event, at) => ({
    seq: at + 1,
    time: new Date(BEGIN + at * HOUR).toISOString(),
    run: "r",
    wave: 0,
    ...event,
  }));
}

function plan(events: readonly JournalRecord[], request: Partial<PlanRequest> = {}): string {
  try {
    const { waves, retire, then } = planRollout({
      fleet: model(),
      state: replay(events),
      canaryCommitted: true,
      wave: undefined,
      resume: false,
      through: "verify",
      now: new Date(BEGIN + 100 * HOUR),
      ...request,
    });
    const lines = waves.flatMap(({ wave, hosts }) =>
      hosts.map(({ host, steps }) => `${wave} ${host}: ${steps.join(" ")}`),
    );
    return [...lines, ...(retire ? ["retire"] : []), ...(then === undefined ? [] : [`then ${then}`])].join(
      "\n",
    );
  } catch (caught) {
    if (caught instanceof FleetError) return caught.message;
    throw caught;
  }
}

const done = (step: Event["step"], host: string, more: Partial<Event> = {}) =>
  ({ phase: "done", step, hosts: [host], ...more }) as const;

t.test("the canary is deployed and verified, and the waves wait for its soak time", (t) => {
  t.equal(
    plan([]),
    "0 nas: deploy verify\nthen once nas has been verified for 1 h: fleet rollout again, for the waves",
  );
  t.match(plan([], { canaryCommitted: false }), /^rollout\/canary-not-ready: the canary nas is not migrated/);
  t.match(plan([], { wave: 1 }), /^rollout\/canary-not-ready: wave 1 has to wait/);
  const verified = records(done("deploy", "nas"), done("verify", "nas"));
  t.match(
    plan(verified, { now: new Date(BEGIN + 1.5 * HOUR) }),
    /^rollout\/soaking: .* since 2026-06-07T13:00/,
  );
  t.equal(
    plan(verified),
    "0 nas: verify\n1 web: generate gate commit deploy verify\n2 mail: generate gate commit deploy verify\nretire",
  );
  t.end();
});

t.test("a wave that is not finished wants --resume, which goes on from each host's stage", (t) => {
  const events = records(done("verify", "nas"), done("commit", "web", { wave: 1, commit: "c1" }), {
    phase: "begun",
    step: "deploy",
    hosts: ["web"],
    wave: 1,
    commit: "c1",
    previous: "old",
  });
  t.match(plan(events), /^rollout\/unfinished: wave 1 is not finished: web was left in the step deploy/);
  t.match(plan(events, { resume: true, wave: 1 }), /^1 web: deploy verify$/);
  t.match(plan(events, { resume: true, wave: 2 }), /^rollout\/not-planned: wave 2 has to wait for wave 1/);
  t.match(plan(events, { wave: 7, resume: true }), /^rollout\/not-planned: fleet.yaml has no wave 7/);
  t.end();
});

t.test("a failure after the deployment is taken back, one before it is tried again", (t) => {
  const failed = (step: Event["step"]) =>
    ({ phase: "failed", step, hosts: ["web"], wave: 1, reason: "no" }) as const;
  const committed = done("commit", "web", { wave: 1, commit: "c1" });
  const begun = { phase: "begun", step: "deploy", hosts: ["web"], wave: 1, previous: "old" } as const;
  const after = (...events: Parameters<typeof records>): string =>
    plan(records(done("verify", "nas"), ...events), { resume: true, wave: 1 });
  t.equal(after(committed, begun, failed("deploy")), "1 web: rollback revert");
  t.equal(after(committed, failed("deploy")), "1 web: revert", "nothing was deployed");
  t.equal(after(failed("gate")), "1 web: generate gate commit deploy verify");
  const back = [begun, failed("verify"), done("rollback", "web", { wave: 1 })] as const;
  t.equal(after(committed, ...back), "1 web: revert");
  t.equal(
    after(committed, ...back, done("revert", "web", { wave: 1 })),
    "1 web: generate gate commit deploy verify",
  );
  t.end();
});

t.test("when all is verified the module goes, unless a host is left with Promtail", (t) => {
  const all = records(...["nas", "web", "mail"].map((host) => done("verify", host)));
  t.equal(plan(all), "retire");
  const left = model(
    MANIFEST.replace('lab: { channel: "26.05" }', 'lab: { channel: "26.05", ship: promtail }'),
  );
  t.equal(plan(all, { fleet: left }), "then in no wave, and still with Promtail: lab");
  t.end();
});

t.test("status has every host of the manifest in the order of the waves, and warns of others", (t) => {
  const state = replay(records(done("verify", "nas"), done("deploy", "old-name", { wave: 1 })));
  const { hosts, summary, next, diagnostics } = statusOf(
    model(),
    state,
    new Date(BEGIN + 9 * HOUR),
    undefined,
  );
  t.same(
    hosts.map(({ host, wave, stage }) => `${host} ${String(wave)} ${stage}`),
    ["nas 0 verified", "web 1 promtail", "mail 2 promtail", "lab null promtail"],
  );
  t.same(summary, { verified: 1, promtail: 3 });
  t.equal(next, "fleet rollout: wave 1");
  t.match(diagnostics, [{ code: "rollout/host-gone", message: /^old-name is deployed/ }]);
  t.match(
    statusOf(model(), replay([]), new Date(BEGIN), undefined).next,
    /^fleet migrate --canary nas --commit/,
  );
  t.end();
});

t.test("one record after the other leads to the same state as all at once, and earlier states stay", (t) => {
  const events = records(
    done("commit", "web"),
    done("deploy", "web"),
    done("verify", "web"),
    done("rollback", "web"),
  );
  const first = replay(events.slice(0, 1));
  t.same(events.slice(1).reduce(reduce, first), replay(events));
  t.equal(first.hosts.get("web")?.stage, "committed");
  t.end();
});

t.test("the manifest is edited in place, and every other byte stays", (t) => {
  const moved = withShips(
    "fleet.yaml",
    MANIFEST,
    new Map([
      ["web", "alloy"],
      ["mail", "alloy"],
    ]),
  );
  t.equal(
    moved,
    MANIFEST.replace("ship: promtail # for now", "ship: alloy # for now").replace(
      'ship: "promtail"',
      "ship: alloy",
    ),
  );
  t.throws(() => withShips("fleet.yaml", MANIFEST, new Map([["lab", "alloy"]])), /rollout\/manifest-edit/);
  t.equal(
    withoutSources("fleet.yaml", MANIFEST),
    MANIFEST.replace(", from: { promtail: modules/promtail }", ""),
  );
  const block = MANIFEST.replace(
    "    ship: promtail # for now\n",
    "    ship: alloy\n    from:\n      promtail: modules/promtail\n",
  );
  t.equal(withoutSources("fleet.yaml", block).includes("from"), false);
  t.end();
});
