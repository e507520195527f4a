import type {
  ReportData,
  ReportHost,
  ReportParity,
  ReportScenario,
  ReportTrace,
  ReportVerdict,
  ReportVerification,
  Section,
} from "./data.ts";
import { markup, trusted, type Markup } from "./markup.ts";
import { renderPlot } from "./plot.ts";

/** The sections of a report in their order, each with the name that leads to it. */
export function sections(data: ReportData): { id: string; title: string; body: Markup }[] {
  return [
    { id: "hosts", title: "Hosts and stages", body: hosts(data.hosts, data.next) },
    { id: "pipeline", title: "Pipeline", body: section(data.graph, pipeline) },
    { id: "parity", title: "Parity with Promtail", body: section(data.parity, parity) },
    { id: "traces", title: "Traces", body: section(data.traces, traces) },
    { id: "gate", title: "Gate", body: section(data.gate, gate) },
    { id: "machines", title: "Virtual machines", body: section(data.scenarios, scenarios) },
    { id: "verification", title: "Verification in Loki", body: section(data.verifications, verifications) },
  ];
}

function section<T>(part: Section<T>, render: (data: T) => Markup): Markup {
  return "data" in part ? render(part.data) : markup`<p class="missing">${part.missing}</p>`;
}

/** A table that may be scrolled, by the keyboard too. */
function table(
  name: string,
  heading: readonly string[],
  rows: readonly (readonly (Markup | string)[])[],
): Markup {
  return markup`<div class="scroll" tabindex="0" role="region" aria-label="${name}">
    <table>
      <thead>
        <tr>
          ${heading.map((cell) => markup`<th scope="col">${cell}</th>`)}
        </tr>
      </thead>
      <tbody>
        ${rows.map(
          (cells) =>
            markup`<tr>
              ${cells.map((cell, at) => (at === 0 ? markup`<th scope="row">${cell}</th>` : markup`<td>${cell}</td>`))}
            </tr> `,
        )}
      </tbody>
    </table>
  </div>`;
}

const GOOD = new Set(["verified", "pass", "passed", "held", "equal", "allowed", "sent"]);
const BAD = new Set(["failed", "fail", "different", "error", "not verified"]);

/** A word with a mark in front, so that its colour is not all that tells. */
function badge(word: string): Markup {
  const [kind, mark] = GOOD.has(word) ? ["good", "✓"] : BAD.has(word) ? ["bad", "✗"] : ["open", "•"];
  return markup`<span class="badge ${kind}"><span aria-hidden="true">${mark}</span> ${word}</span>`;
}

function list(items: readonly string[]): Markup {
  return items.length === 0
    ? markup``
    : markup`<ul>
        ${items.map((item) => markup`<li>${item}</li>`)}
      </ul>`;
}

function hosts(rows: readonly ReportHost[], next: string | undefined): Markup {
  const heading = ["host", "channel", "ships with", "wave", "stage", "since", "note"];
  return markup`${table(
    "Hosts and stages",
    heading,
    rows.map(({ name, channel, ship, wave, stage, since, note }) => [
      name,
      channel,
      ship,
      wave,
      badge(stage),
      time(since),
      note,
    ]),
  )}${next === undefined ? "" : markup`<p class="next"><strong>Next:</strong> ${next}</p>`}`;
}

function time(since: string): Markup {
  return since === ""
    ? markup``
    : markup`<time datetime="${since}">${since.slice(0, 16).replace("T", " ")}</time>`;
}

function pipeline(svg: string): Markup {
  return markup`<div class="scroll" tabindex="0" role="region" aria-label="Pipeline">${trusted(svg)}</div>`;
}

function parity({ ok, summary, components }: ReportParity): Markup {
  return markup`<p>${badge(ok ? "equal" : "different")} ${summary}</p>
    ${table(
      "Components",
      ["component", "in Promtail", "in Alloy", "result", "differences"],
      components.map(({ role, promtail, alloy, result, differences }) => [
        role,
        promtail,
        alloy,
        badge(result),
        list(differences),
      ]),
    )}`;
}

/** All steps are in the page; the script shows one at a time, print and readers without scripts see all. */
function traces(list: readonly ReportTrace[]): Markup {
  const sent = list.filter(({ outcome }) => outcome === "sent").length;
  return markup`<p>
      ${list.length} entries: ${sent} sent, ${list.length - sent} dropped. Open one; <kbd>→</kbd> and
      <kbd>←</kbd> step through its stages, <kbd>Home</kbd> and <kbd>End</kbd> go to the first and last.
    </p>
    ${list.map(trace)}`;
}

function trace({ title, outcome, end, steps }: ReportTrace): Markup {
  return markup`<details class="trace">
    <summary>${badge(outcome)} <code>${title}</code></summary>
    <div class="steps" role="group" tabindex="0" aria-label="Stages of: ${title}">
      <p class="controls">
        <button type="button" data-step="-1">Previous stage</button>
        <button type="button" data-step="1">Next stage</button> <output aria-live="polite"></output>
      </p>
      <ol>
        ${steps.map(
          ({ place, changes, drops }) =>
            markup`<li>
              <p class="place"><code>${place}</code>${drops ? markup` ${badge("dropped")}` : ""}</p>
              ${
                drops || changes.length > 0 ? "" : markup`<p class="missing">changes nothing</p>`
              }${changes.map(({ kind, text }) => markup`<p class="change ${kind}"><span class="kind">${kind}</span> <code>${text}</code></p>`)}
            </li> `,
        )}
      </ol>
      <p class="end">${end}</p>
    </div>
  </details> `;
}

function gate(verdicts: readonly ReportVerdict[]): Markup {
  return table(
    "Gate",
    ["host", "channel", "verdict", "seconds", "evaluated through", "findings"],
    verdicts.map(({ host, channel, verdict, seconds, through, findings }) => [
      host,
      channel,
      badge(verdict),
      seconds.toFixed(2),
      through,
      list(findings),
    ]),
  );
}

function scenarios(rows: readonly ReportScenario[]): Markup {
  return table(
    "Virtual machines",
    ["scenario", "result", "seconds", "what it shows", "by", "findings"],
    rows.map(({ scenario, status, seconds, description, means, findings }) => [
      scenario,
      badge(status),
      seconds.toFixed(0),
      description,
      means.join(", "),
      list(findings),
    ]),
  );
}

function verifications(hosts: readonly ReportVerification[]): Markup {
  return markup`${hosts.map(
    (one) =>
      markup`<h3>${one.host} ${badge(one.verified ? "verified" : "not verified")}</h3>
        ${table(
          `Checks of ${one.host}`,
          ["check", "result", "expected", "seen"],
          one.checks.map(({ name, status, expected, seen }) => [name, badge(status), expected, seen]),
        )}${renderPlot(one)}`,
  )}`;
}
