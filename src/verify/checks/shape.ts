import { queryEntries, quote, selector } from "../../loki/index.ts";
import { count, plural, witnessed, type CheckResult, type Look } from "../check.ts";

/** No login's unit keeps its number. */
export async function sessions({
  expectations,
  connection,
  range,
  witness,
}: Look): Promise<CheckResult | undefined> {
  const { common, session } = expectations;
  if (session === undefined) return undefined;
  const own = { ...common, [session.label]: session.value };
  const numbered = `{${selector(common).slice(1, -1)}, ${session.label}=~"session-[0-9]+[.]scope"}`;
  const [raw, made] = [
    await count(connection, numbered, range),
    await count(connection, selector(own), range),
  ];
  const there = witnessed(witness, own);
  return {
    id: "sessions",
    name: "logins share one unit",
    status: raw > 0 || (made === 0 && there > 0) ? "failed" : made === 0 ? "unseen" : "held",
    expected: `${session.label}=${session.value}, never session-N.scope`,
    seen: `${made} with ${session.value}, ${raw} with a number`,
    logql: [numbered, selector(own)],
  };
}

/** How systemd-coredump begins what it says of a core dump. */
const RAW = "^Process [0-9]+ [(].*[)] of user .* dumped core";

/** A core dump is told in the form that the configuration gives it, with its labels. */
export async function coredumps({
  expectations,
  connection,
  range,
  witness,
}: Look): Promise<CheckResult | undefined> {
  const { common, coredump } = expectations;
  if (coredump === undefined) return undefined;
  const base = selector(common);
  const rawQuery = `${base} |~ ${quote(RAW)}`;
  const shapedQuery = `${base} |~ ${quote(coredump.pattern)}`;
  const labelled = coredump.labels.map((name) => `${name}!=""`).join(", ");
  const strangeQuery = `{${base.slice(1, -1)}, ${labelled}} !~ ${quote(coredump.pattern)}`;
  const raw = await count(connection, rawQuery, range);
  const strange = labelled === "" ? 0 : await count(connection, strangeQuery, range);
  const shaped = await queryEntries(connection, shapedQuery, range);
  const bare = shaped.filter(({ labels }) => coredump.labels.some((name) => !labels[name])).length;
  const there = (witness?.sent ?? []).filter(
    ({ labels }) => coredump.labels.length > 0 && coredump.labels.every((name) => name in labels),
  ).length;
  const lost = there > shaped.length;
  const wrong = [
    ...(raw > 0 ? [`${raw} as systemd-coredump wrote them`] : []),
    ...(strange > 0 ? [`${strange} in another form`] : []),
    ...(bare > 0 ? [`${bare} without ${coredump.labels.join(", ")}`] : []),
    ...(lost ? [`${there} in the host's journal`] : []),
  ];
  const shown = coredump.pattern
    .replaceAll("(?s:.*)", "…")
    .replace(/^\^|\$$/g, "")
    .replaceAll("\\", "");
  return {
    id: "coredump",
    name: "core dumps are told in one line",
    status: wrong.length > 0 ? "failed" : shaped.length === 0 ? "unseen" : "held",
    expected: `"${shown}"${coredump.labels.length === 0 ? "" : ` with ${coredump.labels.join(", ")}`}`,
    seen: [plural(shaped.length, "such line"), ...wrong].join(", "),
    logql: [shapedQuery, rawQuery, ...(labelled === "" ? [] : [strangeQuery])],
  };
}
