import { createHash } from "node:crypto";
import type { ReportData } from "./data.ts";
import { markup, trusted } from "./markup.ts";
import { SCRIPT } from "./script.ts";
import { sections } from "./sections.ts";
import { STYLE } from "./style.ts";

/**
 * A report as one file that needs nothing else: no network (its own policy forbids it), readable without scripts, by
 * keyboard, in light and dark, and on paper. Every text of the data is escaped; only the SVG of `graph` is taken as it is.
 */
export function renderHtml(data: ReportData): string {
  const parts = sections(data);
  const hash = createHash("sha256").update(SCRIPT).digest("base64");
  const policy = `default-src 'none'; style-src 'unsafe-inline'; script-src 'sha256-${hash}'; base-uri 'none'; form-action 'none'`;
  return markup`<!doctype html>
    <html lang="en">
      <head>
        <meta charset="utf-8" />
        <meta name="viewport" content="width=device-width, initial-scale=1" />
        <meta http-equiv="Content-Security-Policy" content="${policy}" />
        <title>${data.title}</title>
        <style>${trusted(STYLE)}</style>
      </head>
      <body>
        <a class="skip" href="#content">Skip to the content</a>
        <header>
          <h1>${data.title}</h1>
          <p>
            Made <time datetime="${data.made}">${data.made.slice(0, 16).replace("T", " ")} UTC</time> by fleet
            report.
          </p>
          <nav aria-label="Sections">
            <ul>
              ${parts.map(({ id, title }) => markup`<li><a href="#${id}">${title}</a></li>`)}
            </ul>
          </nav>
        </header>
        <main id="content">
          ${parts.map(
            ({ id, title, body }) =>
              markup`<section id="${id}" aria-labelledby="${id}-title">
                <h2 id="${id}-title">${title}</h2>
                ${body}
              </section> `,
          )}
        </main>
        <script>${trusted(SCRIPT)}</script>
      </body>
    </html> `.text;
}
