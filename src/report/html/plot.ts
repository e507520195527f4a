import type { ReportVerification } from "./data.ts";
import { markup, type Markup } from "./markup.ts";

const WIDTH = 680;
const HEIGHT = 180;
const LEFT = 56;
const BOTTOM = 28;
const TOP = 12;

type Points = readonly (readonly [time: number, value: number])[];

/** Lines a minute over the time that was looked at, and those of the same hours before, laid over them. */
export function renderPlot({ host, rates, from, to }: ReportVerification): Markup {
  const { now, before } = rates;
  if (now.length + before.length === 0) return markup`<p class="missing">No lines a minute to draw.</p>`;
  const top = niceTop(Math.max(...[...now, ...before].map(([, value]) => value)));
  const shift = before[0] === undefined || now[0] === undefined ? 0 : now[0][0] - before[0][0];
  const x = (time: number): number => LEFT + ((time - from) / Math.max(1, to - from)) * (WIDTH - LEFT - 8);
  const y = (value: number): number => HEIGHT - BOTTOM - (value / top) * (HEIGHT - BOTTOM - TOP);
  const line = (points: Points, by: number): string =>
    points.map(([time, value]) => `${x(time + by).toFixed(1)},${y(value).toFixed(1)}`).join(" ");
  const label = `Lines a minute of ${host}: ${figures("now", now)}; ${figures("before", before)}`;
  return markup`<figure class="plot">
    <svg role="img" aria-label="${label}" viewBox="0 0 ${WIDTH} ${HEIGHT}">
      ${[0, top / 2, top].map(
        (value) =>
          markup`<path class="grid" d="M${LEFT} ${y(value).toFixed(1)}H${WIDTH - 8}" /><text
              x="${LEFT - 8}"
              y="${(y(value) + 4).toFixed(1)}"
              text-anchor="end"
              >${value}</text
            >`,
      )}
      <text x="${LEFT}" y="${HEIGHT - 8}">${clock(from)}</text>
      <text x="${WIDTH - 8}" y="${HEIGHT - 8}" text-anchor="end">${clock(to)}</text>
      ${before.length === 0 ? "" : markup`<polyline class="before" points="${line(before, shift)}" />`}
      <polyline class="now" points="${line(now, 0)}" />
    </svg>
    <figcaption>
      <span class="key now"></span> lines a minute
      now${before.length === 0 ? "" : markup` <span class="key before"></span> the same hours before`}
    </figcaption>
  </figure>`;
}

function figures(name: string, points: Points): string {
  if (points.length === 0) return `${name} none`;
  const values = points.map(([, value]) => value);
  const mean = values.reduce((sum, value) => sum + value, 0) / values.length;
  return `${name} ${mean.toFixed(1)} on average, ${Math.max(...values)} at most`;
}

/** The next of 2, 4, 6, 8, 10, 20, 40, ... that is enough: its half is a whole number too. */
function niceTop(most: number): number {
  for (let step = 1; ; step *= 10)
    for (const top of [2, 4, 6, 8, 10]) if (top * step >= most) return top * step;
}

/** `2026-09-21 10:42 UTC` */
function clock(time: number): string {
  return `${new Date(time).toISOString().slice(0, 16).replace("T", " ")} UTC`;
}
