/**
 * The reference-time layouts of Go's time package, cut into literal text and elements. Elements are named by how
 * the layout writes them; a fraction is kept with its digits (".000", ",999").
 */
export type Chunk = { literal: string } | { element: string };

/** Longest first, so that "-07:00" is not taken for "-07". */
const FIXED_ELEMENTS = [
  "January",
  "Monday",
  "Z07:00:00",
  "-07:00:00",
  "Z070000",
  "-070000",
  "Z07:00",
  "-07:00",
  "Z0700",
  "-0700",
  "2006",
  "Z07",
  "-07",
  "002",
  "__2",
  "Jan",
  "Mon",
  "MST",
  "01",
  "02",
  "03",
  "04",
  "05",
  "06",
  "15",
  "_2",
  "PM",
  "pm",
  "1",
  "2",
  "3",
  "4",
  "5",
] as const;

const CACHE_LIMIT = 256;
const cache = new Map<string, readonly Chunk[]>();

/** Cuts a layout as Go's nextStdChunk does. */
export function splitLayout(layout: string): readonly Chunk[] {
  const known = cache.get(layout);
  if (known !== undefined) return known;
  if (cache.size >= CACHE_LIMIT) cache.clear();
  const chunks = cutLayout(layout);
  cache.set(layout, chunks);
  return chunks;
}

function cutLayout(layout: string): readonly Chunk[] {
  const chunks: Chunk[] = [];
  let literal = "";
  for (let at = 0; at < layout.length;) {
    const element = elementAt(layout, at);
    if (element === undefined) {
      literal += layout.charAt(at);
      at++;
      continue;
    }
    if (literal !== "") chunks.push({ literal });
    literal = "";
    chunks.push({ element });
    at += element.length;
  }
  if (literal !== "") chunks.push({ literal });
  return chunks;
}

function elementAt(layout: string, at: number): string | undefined {
  const rest = layout.slice(at, at + 32);
  // "_2006" is an underscore and a year, not a day.
  if (rest.startsWith("_2006")) return undefined;
  const fraction = /^[.,](?:0+|9+)(?!\d)/.exec(rest);
  if (fraction !== null) return fraction[0];
  const found = FIXED_ELEMENTS.find((element) => rest.startsWith(element));
  // "Jan" and "Mon" inside a longer word ("Month") are text.
  if ((found === "Jan" || found === "Mon") && /^[a-z]/.test(rest.slice(3))) return undefined;
  return found;
}

/** Layouts that stage.timestamp and Go know by name. */
export const NAMED_LAYOUTS: Readonly<Record<string, string>> = {
  ANSIC: "Mon Jan _2 15:04:05 2006",
  UnixDate: "Mon Jan _2 15:04:05 MST 2006",
  RubyDate: "Mon Jan 02 15:04:05 -0700 2006",
  RFC822: "02 Jan 06 15:04 MST",
  RFC822Z: "02 Jan 06 15:04 -0700",
  RFC850: "Monday, 02-Jan-06 15:04:05 MST",
  RFC1123: "Mon, 02 Jan 2006 15:04:05 MST",
  RFC1123Z: "Mon, 02 Jan 2006 15:04:05 -0700",
  RFC3339: "2006-01-02T15:04:05Z07:00",
  RFC3339Nano: "2006-01-02T15:04:05.999999999Z07:00",
};

export const MONTHS = [
  "January",
  "February",
  "March",
  "April",
  "May",
  "June",
  "July",
  "August",
  "September",
  "October",
  "November",
  "December",
] as const;

export const DAYS = ["Sunday", "Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday"] as const;
